import type { Tensor } from '@etalon/compiler';
import { add, cast, flattenTree, formatType, isTensor, mapTree, nameScope } from '@etalon/compiler';
import { DataError, DTypeError, ShapeError } from '@etalon/spec';
import type { Optimizer, OptimizerUpdate } from './optimizer.ts';
import type { OptimizerState } from './optimizer-state.ts';

/** What one update of a tree of parameters reads. */
export interface Updatable<P> {
  /** Tree of float32 tensors. */
  readonly parameters: P;
  /** Gradients of the loss in the same nesting, as `valueAndGradient` returns them. */
  readonly gradients: P;
  /** The optimizer's state, declared with `optimizerState` of the same parameters. */
  readonly state: OptimizerState<Tensor, P>;
}

/** What one update of a tree of parameters gives. */
export interface Updated<P> {
  readonly parameters: P;
  readonly state: OptimizerState<Tensor, P>;
}

/**
 * Adds the nodes that update every parameter of a tree, inside a program that is being traced. The learning rate, where
 * it is a function, gets the number of this update, from 1.
 *
 * @throws {DataError} `OPTIMIZER_GRADIENT` when gradients and parameters differ in their paths; `OPTIMIZER_SLOT` when a
 * slot is missing, as when the state is that of another optimizer.
 * @throws {ShapeError} `SHAPE_OPTIMIZER` when a gradient or a slot has another shape than its parameter, or `step` is no
 * scalar.
 * @throws {DTypeError} `DTYPE_OPTIMIZER` when something is not float32, or `step` is not int32.
 *
 * @example
 * const { value, gradients } = valueAndGradient(loss)(parameters);
 * const next = applyUpdates(optimizer, { parameters, gradients, state });
 * return { loss: value, parameters: next.parameters, state: next.state };
 */
export function applyUpdates<P>(
  optimizer: Optimizer,
  { parameters, gradients, state }: Updatable<P>,
): Updated<P> {
  const { name } = optimizer;
  requireStep(name, state.step);
  const leaves = flattenTree(parameters, isTensor);
  const gradientAt = leafMap(gradients);
  requireGradients(name, leaves, gradientAt);
  const slotsAt = Object.entries(state.slots).map(
    ([slot, values]) => [slot, leafMap(values)] as const,
  );
  const slotsOf = (path: string): Readonly<Record<string, Tensor>> =>
    Object.fromEntries(
      slotsAt.flatMap(([slot, values]) => {
        const value = values.get(path);
        return value === undefined ? [] : [[slot, value]];
      }),
    );
  return nameScope(name, () => {
    const done = add(state.step, 1);
    // Optimizers count from 1.
    const step = cast(done, 'float32');
    const updates = new Map<string, OptimizerUpdate>();
    for (const [path, parameter] of leaves) {
      const gradient = gradientAt.get(path) ?? parameter;
      const update = (): OptimizerUpdate =>
        optimizer.update({ parameter, gradient, slots: slotsOf(path), step });
      updates.set(path, path === '' ? update() : nameScope(path, update));
    }
    const rebuilt = (choose: (update: OptimizerUpdate) => Tensor): P =>
      mapTree(parameters, isTensor, (leaf, path) => {
        const update = updates.get(path);
        return update === undefined ? leaf : choose(update);
      }) as P;
    const slots = optimizer.slots.map((slot) => [
      slot,
      rebuilt((update) => slotAfter(name, update.slots, slot)),
    ]);
    return {
      parameters: rebuilt(({ parameter }) => parameter),
      state: { step: done, slots: Object.fromEntries(slots) },
    };
  });
}

function leafMap(tree: unknown): ReadonlyMap<string, Tensor> {
  return new Map(flattenTree(tree, isTensor));
}

function requireStep(where: string, step: Tensor): void {
  if (step.dtype !== 'int32') {
    throw new DTypeError(
      'DTYPE_OPTIMIZER',
      `${where}: step must be int32, got ${formatType(step)}.`,
      { details: { operand: 'step' } },
    );
  }
  if (step.shape.length === 0) return;
  throw new ShapeError(
    'SHAPE_OPTIMIZER',
    `${where}: step must be a scalar, got ${formatType(step)}.`,
  );
}

// A parameter without a gradient would stay where it is in silence.
function requireGradients(
  where: string,
  parameters: readonly (readonly [string, Tensor])[],
  gradients: ReadonlyMap<string, Tensor>,
): void {
  const paths = parameters.map(([path]) => path);
  const fault = (what: string): DataError =>
    new DataError(
      'OPTIMIZER_GRADIENT',
      `${where}: there must be one gradient for each parameter, ${what}.\nFix: pass the gradients that valueAndGradient() returned for these parameters.`,
    );
  const missing = paths.find((path) => !gradients.has(path));
  if (missing !== undefined) throw fault(`got none for "${missing}"`);
  const known = new Set(paths);
  const unknown = [...gradients.keys()].find((path) => !known.has(path));
  if (unknown !== undefined) throw fault(`got one for "${unknown}", which is none`);
}

// A slot left out would be lost: the program would take it and not give it back.
function slotAfter(
  optimizer: string,
  slots: Readonly<Record<string, Tensor>>,
  name: string,
): Tensor {
  const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
  if (slot !== undefined) return slot;
  throw new DataError(
    'OPTIMIZER_SLOT',
    `${optimizer}: update() must return a value for every slot, got ${JSON.stringify(Object.keys(slots))}.\nExpected "${name}" among them.`,
    { details: { slot: name } },
  );
}
