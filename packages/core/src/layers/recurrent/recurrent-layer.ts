import type { Tensor } from '@etalon/compiler';
import {
  add,
  filled,
  formatType,
  isTensor,
  matmul,
  mul,
  randomBernoulli,
  reshape,
  scan,
  shapesEqual,
  transpose,
  where,
} from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import { AttributeError, DTypeError, ProgramError, ShapeError } from '@etalon/spec';
import { glorotUniform } from '../../initializers/initializers.ts';
import { fixedSize, requireLayerRank } from '../fixed-size.ts';
import type { Layer, LayerScope } from '../layer.ts';
import { createLayer } from '../layer.ts';
import { requireCount } from '../require-count.ts';
import { requireShare } from '../require-share.ts';
import type { OpenCell, RecurrentCell, RecurrentState } from './cell.ts';
import type { RecurrentOptions } from './options.ts';

/** What a recurrent layer takes where it is more than a sequence. */
export interface RecurrentInputs<S extends string> {
  /** float32 `[batch, time, features]`. */
  readonly input: Tensor;
  /**
   * bool `[batch, time]`: where it is false, a step leaves the state, and so the output, as it was. For sequences of several
   * lengths in one batch.
   */
  readonly mask?: Tensor;
  /** What the first step begins with, float32 `[batch, units]` each; default zeros. */
  readonly initialState?: RecurrentState<S>;
}

/** What a recurrent layer returns with `returnState`. */
export interface RecurrentResult<S extends string> {
  readonly output: Tensor;
  /** After the last step. */
  readonly state: RecurrentState<S>;
}

interface Options extends RecurrentOptions {
  readonly returnState?: boolean;
}

/** Makes a recurrent layer of a cell. */
export function createRecurrentLayer<S extends string>(
  cell: RecurrentCell<S>,
  units: number,
  options: Options,
): Layer<Tensor | RecurrentInputs<S>, Tensor | RecurrentResult<S>> {
  const place = options.name ?? cell.kind;
  requireCount(place, 'units', units);
  requireShare(place, 'dropout', options.dropout ?? 0);
  requireShare(place, 'recurrentDropout', options.recurrentDropout ?? 0);
  requireDirection(place, options.direction);
  return createLayer(cell.kind, options, (given: Tensor | RecurrentInputs<S>, scope) => {
    const inputs = isTensor(given) ? { input: given } : given;
    const { output, state } = run(cell, units, options, inputs, scope);
    return options.returnState === true ? { output, state } : output;
  });
}

function run<S extends string>(
  cell: RecurrentCell<S>,
  units: number,
  options: Options,
  { input, mask, initialState }: RecurrentInputs<S>,
  scope: LayerScope,
): RecurrentResult<S> {
  requireLayerRank(scope.path, input, 3, '[batch, time, features]');
  if (scope.isStreaming && options.direction === 'reverse') {
    throw new ProgramError(
      'STREAM_REVERSE',
      `${scope.path}: a layer that reads backwards needs the whole sequence, got direction "reverse" in a model called step by step.\nFix: use freeze(), or a model that reads forwards.`,
    );
  }
  const features = fixedSize(scope.path, input, -1, 'number of features');
  const [batch = 1, time = 1] = input.shape;
  const { kernelInitializer = glorotUniform() } = options;
  const kernel = scope.parameter('kernel', [features, cell.gates * units], kernelInitializer);
  const open = cell.open(scope);
  const first = firstState(cell, initialState, [batch, units], scope);
  const drop = dropper(scope);
  const seen = drop(input, [batch, 1, features], options.dropout);
  // Time first: a step's input is a slice of what is multiplied at once for all steps.
  const projected = project(transpose(seen, [1, 0, 2]), kernel, open);
  const scales = drop(filled(first[cell.states[0]], 1), [batch, units], options.recurrentDropout);
  const isScaled = scope.mode === 'train' && (options.recurrentDropout ?? 0) > 0;
  const steps = mask === undefined ? undefined : maskOfSteps(mask, [batch, time], scope.path);
  const { carried, stacked } = scan(
    (state: RecurrentState<S>, slice: { readonly projected: Tensor; readonly steps?: Tensor }) => {
      const before = state[cell.states[0]];
      const hidden = isScaled ? mul(before, scales) : before;
      const next = open.step({ projected: slice.projected, state, hidden });
      const after = slice.steps === undefined ? next : whereOf(slice.steps, next, state);
      return {
        carried: after,
        stacked: options.returnSequences === true ? { output: after[cell.states[0]] } : {},
      };
    },
    {
      carried: first,
      stacked: { projected, ...(steps && { steps }) },
      reverse: options.direction === 'reverse',
      checkpoint: options.checkpoint ?? false,
    },
  );
  for (const name of cell.states) scope.carry(name, carried[name]);
  const { output } = stacked as { readonly output?: Tensor };
  return {
    output: output === undefined ? carried[cell.states[0]] : transpose(output, [1, 0, 2]),
    state: carried,
  };
}

function project(input: Tensor, kernel: Tensor, { inputBias }: OpenCell<string>): Tensor {
  const product = matmul(input, kernel);
  return inputBias === undefined ? product : add(product, inputBias);
}

/** Sets elements to 0 in training: those of one mask for all steps. */
function dropper(
  scope: LayerScope,
): (x: Tensor, shape: readonly Dimension[], rate: number | undefined) => Tensor {
  return (x, shape, rate = 0) => {
    if (scope.mode === 'infer' || rate === 0) return x;
    const keep = randomBernoulli(shape, { probability: 1 - rate });
    return where(keep, mul(x, 1 / (1 - rate)), 0);
  };
}

/** From the caller, or in a streaming program from the step before. */
function firstState<S extends string>(
  { states }: RecurrentCell<S>,
  given: RecurrentState<S> | undefined,
  shape: readonly Dimension[],
  scope: LayerScope,
): RecurrentState<S> {
  const entries = states.map((name): [S, Tensor] => {
    const tensor = scope.carried(name, { dtype: 'float32', shape }) ?? given?.[name];
    if (tensor === undefined) return [name, filled({ dtype: 'float32', shape }, 0)];
    if (tensor.dtype === 'float32' && shapesEqual(tensor.shape, shape)) return [name, tensor];
    throw new ShapeError(
      'SHAPE_INITIAL_STATE',
      `${scope.path}: the initial state "${name}" must fit the batch and the units, got ${formatType(tensor)}.\nExpected ${formatType({ dtype: 'float32', shape })}.`,
    );
  });
  return Object.fromEntries(entries) as RecurrentState<S>;
}

/** `[batch, time]` as `[time, batch, 1]`. */
function maskOfSteps(mask: Tensor, shape: readonly Dimension[], path: string): Tensor {
  if (mask.dtype !== 'bool' || !shapesEqual(mask.shape, shape)) {
    const expected = formatType({ dtype: 'bool', shape });
    throw new DTypeError(
      'DTYPE_MASK',
      `${path}: the mask must say for each step whether it is there, got ${formatType(mask)}.\nExpected ${expected}.`,
    );
  }
  const [batch = 1, time = 1] = shape;
  return reshape(transpose(mask), [time, batch, 1]);
}

function whereOf<S extends string>(
  condition: Tensor,
  yes: RecurrentState<S>,
  no: RecurrentState<S>,
): RecurrentState<S> {
  const entries = Object.entries<Tensor>(yes).map(([name, tensor]): [string, Tensor] => [
    name,
    where(condition, tensor, no[name as S]),
  ]);
  return Object.fromEntries(entries) as RecurrentState<S>;
}

function requireDirection(place: string, direction: unknown): void {
  if (direction === undefined || direction === 'forward' || direction === 'reverse') return;
  throw new AttributeError(
    'OPTION_CHOICE',
    `${place}: direction must be "forward" or "reverse", got ${JSON.stringify(direction)}.`,
  );
}
