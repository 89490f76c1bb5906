import type { ProgramBuilder, Tensor } from '@etalon/compiler';
import {
  add,
  dimensionSize,
  formatDimension,
  formatShape,
  formatType,
  nameScope,
  shapesEqual,
  stopGradient,
} from '@etalon/compiler';
import type { Dimension, Shape, ValueType } from '@etalon/spec';
import { ProgramError, ShapeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';

/** Whether a model is built to be trained (dropout on) or to be used. */
export type Mode = 'train' | 'infer';

/** Variable that a layer asks for. All variables are float32. */
export interface VariableDeclaration {
  /** Layer and variable: `conv2d_1/kernel`. */
  readonly path: string;
  /** Fixed sizes. */
  readonly shape: readonly number[];
  readonly initializer: Initializer;
}

/** Where the tensors behind variables come from while a model is built. */
export interface VariableSource {
  parameter(declaration: VariableDeclaration): Tensor;
  state(declaration: VariableDeclaration): Tensor;
}

/** Returns, in a program that is called step by step, what a layer left under a path at the step before. */
export type CarriedSource = (path: string, type: ValueType) => Tensor;

/** One tensor that a layer returned. */
export interface LayerOutput {
  /** Where it is in the tree that the layer returned: `state/hidden`. Empty where the layer returned one tensor. */
  readonly path: string;
  readonly shape: Shape;
}

/** One use of a layer, as the summary shows it. */
export interface LayerUse {
  readonly name: string;
  readonly kind: string;
  /** Number of layers that this one was called in. */
  readonly depth: number;
  /** Shape of what the layer returned; of the first tensor where that is a tree. */
  readonly outputShape: Shape;
  /** All tensors that the layer returned. */
  readonly outputs: readonly LayerOutput[];
  /**
   * Floating-point operations of this use in inference, as an expression over named sizes. Inside a loop, those of one
   * iteration.
   */
  readonly flops: Dimension;
}

/** One use of a layer with the nodes it made in a trace: those from `begin` on, before `end`. */
export interface TracedUse extends Omit<LayerUse, 'flops'> {
  readonly builder: ProgramBuilder;
  readonly begin: number;
  readonly end: number;
}

/** What a use of a layer gives: its output, a tensor or a tree of tensors, and the tensors in it by path. */
interface UseResult<O> {
  readonly output: O;
  readonly leaves: readonly [NamedTensor, ...NamedTensor[]];
}

type NamedTensor = readonly [path: string, tensor: Tensor];

type VariableRole = 'parameter' | 'state';

/**
 * One pass over a model's build function: names layers, hands out variables, and collects what was asked for.
 */
export class BuildContext {
  readonly mode: Mode;
  readonly parameters: Map<string, VariableDeclaration> = new Map();
  readonly states: Map<string, VariableDeclaration> = new Map();
  /** New value of each state variable that a layer updated. */
  readonly updates: Map<string, Tensor> = new Map();
  /** What each layer leaves for the next call, in a streaming pass. */
  readonly carried: Map<string, Tensor> = new Map();
  readonly #source: VariableSource;
  readonly #carriedSource: CarriedSource | undefined;
  readonly #taking: Set<string> = new Set();
  readonly #stepsBefore: Map<string, Tensor> = new Map();
  readonly #uses: (TracedUse | undefined)[] = [];
  readonly #tensors: Map<string, Tensor> = new Map();
  readonly #names: Map<object, string> = new Map();
  readonly #taken: Set<string> = new Set();
  readonly #counts: Map<string, number> = new Map();
  #depth = 0;

  /** @param carriedSource - where a program that is called step by step has what the call before left. */
  constructor(mode: Mode, source: VariableSource, carriedSource?: CarriedSource) {
    this.mode = mode;
    this.#source = source;
    this.#carriedSource = carriedSource;
  }

  /** Whether this pass makes a program that is called step by step. */
  get isStreaming(): boolean {
    return this.#carriedSource !== undefined;
  }

  /**
   * Returns what the call before left under a path; `undefined` but in a streaming pass.
   *
   * @throws {ProgramError} when two uses of a layer ask for one path.
   */
  takeCarried(path: string, type: ValueType): Tensor | undefined {
    if (this.#carriedSource === undefined) return undefined;
    if (this.#taking.has(path)) {
      throw new ProgramError(
        'STREAM_SHARED_LAYER',
        `${path}: a layer that carries state from step to step is used twice, got a second use in one step.\nFix: make a second layer.`,
        { details: { path } },
      );
    }
    this.#taking.add(path);
    return this.#carriedSource(path, type);
  }

  /**
   * Returns how many steps of a sequence were before this call, and leaves the number for the next one; `undefined` but in a streaming
   * pass. Layers share it, so that what follows from it (angles, masks) is computed once.
   *
   * @param time - number of steps of this call: sequences of one size keep step with each other.
   */
  stepsBefore(time: Dimension): Tensor | undefined {
    if (this.#carriedSource === undefined) return undefined;
    const sequence = formatDimension(time);
    const known = this.#stepsBefore.get(sequence);
    if (known !== undefined) return known;
    const number = this.#stepsBefore.size + 1;
    const path = number === 1 ? 'position' : `position_${number}`;
    const position = this.#carriedSource(path, { dtype: 'int32', shape: [] });
    this.#stepsBefore.set(sequence, position);
    this.carried.set(path, add(position, dimensionSize(time)));
    return position;
  }

  /** Uses of layers in the order they began. */
  get uses(): readonly TracedUse[] {
    return this.#uses.filter((use) => use !== undefined);
  }

  /** Runs one use of a layer: under its name, the same at each use of the same object. */
  use<O>(
    layer: { readonly kind: string },
    given: string | undefined,
    builder: ProgramBuilder,
    apply: (name: string) => UseResult<O>,
  ): O {
    const { kind } = layer;
    const name = this.#nameOf(layer, kind, given);
    const depth = this.#depth++;
    const begin = builder.nodes.length;
    const place = this.#uses.push(undefined) - 1;
    try {
      const { output, leaves } = nameScope(name, () => apply(name));
      const outputs = leaves.map(([path, { shape }]) => ({ path, shape }));
      const outputShape = leaves[0][1].shape;
      const end = builder.nodes.length;
      this.#uses[place] = { name, kind, depth, outputShape, outputs, builder, begin, end };
      return output;
    } finally {
      this.#depth = depth;
    }
  }

  /**
   * Returns a variable's tensor; one path is one variable, whoever asks.
   *
   * @throws {ShapeError} when an earlier use asked for another shape.
   * @throws {ProgramError} when the path is a variable of the other role.
   */
  variable(role: VariableRole, declaration: VariableDeclaration): Tensor {
    const { path, shape } = declaration;
    this.#requireRole(role, path);
    const declarations = this.#declarationsOf(role);
    const known = declarations.get(path);
    if (known !== undefined && !shapesEqual(known.shape, shape)) {
      throw new ShapeError(
        'SHAPE_SHARED_VARIABLE',
        `${path}: a shared layer needs one shape at all its uses, got ${formatShape(shape)} after ${formatShape(known.shape)}.\nFix: feed it inputs of one size, or make a second layer.`,
        { details: { path } },
      );
    }
    const made = this.#tensors.get(path);
    if (made !== undefined) return made;
    declarations.set(path, declaration);
    const tensor = this.#source[role](declaration);
    this.#tensors.set(path, tensor);
    return tensor;
  }

  /**
   * Replaces a state variable in training; a later use in the same pass sees the new value. Without effect in
   * inference. No gradient flows from one use to another through the state.
   *
   * @throws {ProgramError} when the layer has no such state variable.
   * @throws {ShapeError} when the value has another dtype or shape.
   */
  update(path: string, value: Tensor): void {
    const declared = this.states.get(path);
    if (declared === undefined) {
      throw new ProgramError(
        'STATE_UNKNOWN',
        `${path}: there is no such state variable to update, got ${JSON.stringify([...this.states.keys()].slice(0, 8))}.\nFix: call scope.state() for it first.`,
        { details: { path } },
      );
    }
    if (value.dtype !== 'float32' || !shapesEqual(value.shape, declared.shape)) {
      throw new ShapeError(
        'SHAPE_STATE_UPDATE',
        `${path}: the new value must be float32${formatShape(declared.shape)}, got ${formatType(value)}.`,
        { details: { path } },
      );
    }
    if (this.mode === 'infer') return;
    const next = stopGradient(value);
    this.#tensors.set(path, next);
    this.updates.set(path, next);
  }

  #declarationsOf(role: VariableRole): Map<string, VariableDeclaration> {
    return role === 'parameter' ? this.parameters : this.states;
  }

  #requireRole(role: VariableRole, path: string): void {
    const other = role === 'parameter' ? 'state' : 'parameter';
    if (!this.#declarationsOf(other).has(path)) return;
    throw new ProgramError(
      'VARIABLE_ROLE',
      `${path}: a variable is either a parameter or state, got both.\nFix: give one of them another name.`,
      { details: { path } },
    );
  }

  #nameOf(layer: object, kind: string, given: string | undefined): string {
    const known = this.#names.get(layer);
    if (known !== undefined) return known;
    const name = given ?? this.#nextName(kind);
    if (this.#taken.has(name)) {
      throw new ProgramError(
        'LAYER_NAME_TAKEN',
        `layer "${name}": two layers have one name, got a ${kind} layer after another.\nFix: name each layer once, or use the same layer object to share its weights.`,
        { details: { name } },
      );
    }
    this.#taken.add(name);
    this.#names.set(layer, name);
    return name;
  }

  #nextName(kind: string): string {
    let name: string;
    do {
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      name = `${kind}_${count}`;
    } while (this.#taken.has(name));
    return name;
  }
}

// Building is synchronous, so a stack is enough.
const stack: BuildContext[] = [];

/** Runs `body` with `context` as the pass that layers belong to. */
export function withBuildContext<R>(context: BuildContext, body: () => R): R {
  stack.push(context);
  try {
    return body();
  } finally {
    stack.pop();
  }
}

/**
 * Returns the innermost pass.
 *
 * @throws {ProgramError} when a layer is called outside a model's build function.
 */
export function currentBuildContext(where: string): BuildContext {
  const context = stack.at(-1);
  if (context !== undefined) return context;
  throw new ProgramError(
    'LAYER_OUTSIDE_BUILD',
    `${where}: a layer was called outside a model.\nFix: call it inside defineModel's build function.`,
  );
}
