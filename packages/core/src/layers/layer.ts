import type { ProgramBuilder, Tensor } from '@etalon/compiler';
import type { Dimension, ValueType } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import type { Mode } from '../model/build-context.ts';
import { currentBuildContext } from '../model/build-context.ts';
import type { Leaf } from './leaves.ts';
import { leavesOf } from './leaves.ts';

/**
 * A function with variables of its own, from a tensor to a tensor where nothing else is said. Calling one object twice
 * in a model shares the variables.
 *
 * @typeParam I - what goes in: a tensor, or a tree of tensors, that is nested plain objects and arrays of them.
 * @typeParam O - what comes out: a tensor or a tree of tensors.
 */
export interface Layer<I = Tensor, O = Tensor> {
  (input: I): O;
  /** `dense`, `conv2d`, …; numbered to name the layer where no name is given. */
  readonly kind: string;
}

/** What every layer can be told. */
export interface LayerOptions {
  /** Name in paths, messages and files; default kind and number: `dense_1`. */
  readonly name?: string;
}

/** What a layer sees of the model it is used in. */
export interface LayerScope {
  /** The layer's name. */
  readonly name: string;
  /** Where the layer is, for messages: `encoder › dense_1`. */
  readonly path: string;
  readonly mode: Mode;
  /** Returns a trained variable of this layer. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Tensor;
  /** Returns a variable that training carries along without differentiating it. */
  state(name: string, shape: readonly number[], initializer: Initializer): Tensor;
  /** Sets the next value of a state variable; takes effect in training only. */
  updateState(name: string, value: Tensor): void;
  /** Whether the model is built to be called step by step; see `streaming` of a model. */
  readonly isStreaming: boolean;
  /**
   * Returns, in a model that is called step by step, what this layer left at the step before: zeros at first. Elsewhere
   * `undefined`.
   */
  carried(name: string, type: ValueType): Tensor | undefined;
  /** Leaves a tensor of the same type for the next step; without effect elsewhere. */
  carry(name: string, value: Tensor): void;
  /**
   * Returns, in a model that is called step by step, how many steps of a sequence were before this call: an int32 scalar that all
   * layers share. Elsewhere `undefined`.
   *
   * @param time - number of steps of this call.
   */
  stepsBefore(time: Dimension): Tensor | undefined;
}

/**
 * Makes a layer from a function: the way to write your own.
 *
 * Layers that `apply` calls must be made outside of it: one made inside is a new layer, with variables of its own, at
 * each use.
 *
 * @param kind - names the layer where `options.name` does not.
 * @param apply - computes the output; it runs once for each use of the layer. It takes and returns a tensor or a tree
 * of tensors: nested plain objects and arrays of them.
 * @throws {AttributeError} when the name is empty or contains `/` or `›`, which separate the parts of paths.
 * @throws {ProgramError} (in the model) when what goes in or comes out holds no tensor, or anything that is none.
 *
 * @example
 * const scale = () =>
 *   createLayer('scale', {}, (x, scope) => mul(x, scope.parameter('factor', [1], ones())));
 *
 * @example
 * const weightedSum = () =>
 *   createLayer('weightedSum', {}, ({ left, right }: { left: Tensor; right: Tensor }, scope) =>
 *     add(mul(left, scope.parameter('weight', [1], ones())), right),
 *   );
 */
export function createLayer<I = Tensor, O = Tensor>(
  kind: string,
  options: LayerOptions,
  apply: (input: I, scope: LayerScope) => O,
): Layer<I, O> {
  requireName(kind);
  if (options.name !== undefined) requireName(options.name);
  const layer: Layer<I, O> = Object.defineProperty(
    (input: I): O => {
      const where = options.name ?? kind;
      const context = currentBuildContext(where);
      const inputs = leavesOf(where, 'input', input);
      const builder = innermostBuilder(inputs);
      return context.use(layer, options.name, builder, (name) => {
        const { path } = builder;
        const output = apply(input, {
          name,
          path,
          mode: context.mode,
          parameter: (variable, shape, initializer) =>
            context.variable('parameter', { path: `${name}/${variable}`, shape, initializer }),
          state: (variable, shape, initializer) =>
            context.variable('state', { path: `${name}/${variable}`, shape, initializer }),
          updateState: (variable, value) => context.update(`${name}/${variable}`, value),
          isStreaming: context.isStreaming,
          carried: (part, type) => context.takeCarried(`${name}/${part}`, type),
          carry: (part, value) => {
            context.carried.set(`${name}/${part}`, value);
          },
          stepsBefore: (time) => context.stepsBefore(time),
        });
        return { output, leaves: leavesOf(path, 'output', output) };
      });
    },
    'kind',
    { value: kind },
  ) as Layer<I, O>;
  return layer;
}

// In the body of a loop, some inputs may come from the program around it: the nodes are made inside.
function innermostBuilder([[, first], ...rest]: readonly [Leaf, ...Leaf[]]): ProgramBuilder {
  return rest.reduce((innermost, [, tensor]) => {
    const { builder } = tensor['~trace'];
    return builder.depth > innermost.depth ? builder : innermost;
  }, first['~trace'].builder);
}

function requireName(name: string): void {
  if (name !== '' && !/[/›]/u.test(name)) return;
  throw new AttributeError(
    'OPTION_NAME',
    `layer ${JSON.stringify(name)}: a name must not be empty or contain "/" or "›", got ${JSON.stringify(name)}.\nExpected a word such as "encoder_1".`,
    { details: { name } },
  );
}
