import type { Tensor } from '@etalon/compiler';
import { isTensor } from '@etalon/compiler';
import { AttributeError, ProgramError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import type { Mode } from '../model/build-context.ts';
import { currentBuildContext } from '../model/build-context.ts';

/**
 * A function from tensor to tensor with variables of its own. Calling one object twice in a model shares them.
 */
export interface Layer {
  (input: Tensor): Tensor;
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
}

/**
 * Makes a layer from a function: the way to write your own.
 *
 * Layers that `apply` calls must be made outside of it: one made inside is a new layer, with variables of its own, at
 * each use.
 *
 * @param kind - names the layer where `options.name` does not.
 * @param apply - computes the output; it runs once for each use of the layer.
 * @throws {AttributeError} when the name is empty or contains `/` or `›`, which separate the parts of paths.
 *
 * @example
 * const scale = () =>
 *   createLayer('scale', {}, (x, scope) => mul(x, scope.parameter('factor', [1], ones())));
 */
export function createLayer(
  kind: string,
  options: LayerOptions,
  apply: (input: Tensor, scope: LayerScope) => Tensor,
): Layer {
  requireName(kind);
  if (options.name !== undefined) requireName(options.name);
  const layer: Layer = Object.defineProperty(
    (input: Tensor): Tensor => {
      const where = options.name ?? kind;
      const context = currentBuildContext(where);
      requireTensor(where, 'input must be a tensor', input);
      return context.use(layer, options.name, input, (name) => {
        const { path } = input['~trace'].builder;
        const output = apply(input, {
          name,
          path,
          mode: context.mode,
          parameter: (variable, shape, initializer) =>
            context.variable('parameter', { path: `${name}/${variable}`, shape, initializer }),
          state: (variable, shape, initializer) =>
            context.variable('state', { path: `${name}/${variable}`, shape, initializer }),
          updateState: (variable, value) => context.update(`${name}/${variable}`, value),
        });
        requireTensor(path, 'layer must return a tensor', output);
        return output;
      });
    },
    'kind',
    { value: kind },
  ) as Layer;
  return layer;
}

function requireName(name: string): void {
  if (name !== '' && !/[/›]/u.test(name)) return;
  throw new AttributeError(
    'OPTION_NAME',
    `layer ${JSON.stringify(name)}: a name must not be empty or contain "/" or "›", got ${JSON.stringify(name)}.\nExpected a word such as "encoder_1".`,
    { details: { name } },
  );
}

// For callers without types: a misspelt input is undefined.
function requireTensor(where: string, rule: string, value: unknown): void {
  if (isTensor(value)) return;
  throw new ProgramError(
    'LAYER_TENSOR',
    `${where}: the ${rule}, got ${typeof value === 'object' ? JSON.stringify(value)?.slice(0, 60) : String(value)}.`,
  );
}
