import { elementCount, formatDimension } from '@etalon/compiler';
import type { OperatorName, ReductionOperatorsV1 } from '@etalon/spec';
import { dataTypes } from '../codec/element-types.ts';
import type { GraphEmitter } from './graph-emitter.ts';
import { TO_CHANNELS_FIRST, TO_CHANNELS_LAST } from './lowered-value.ts';
import type { LoweredTensor, Lowering, LoweringContext, LoweringsOf } from './lowering.ts';
import { channelsFirst, operand, rowMajor } from './lowering.ts';

type Reduction = 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin';

/** Lowerings of the reductions. */
export const reductionLowerings: LoweringsOf<keyof ReductionOperatorsV1> = {
  reduceSum: (context) => (sumsRows(context) ? rowSum(context) : sum(context)),
  reduceMean: reduction((reduce, x) => reduce('ReduceMean', x)),
  reduceMax: reduction((reduce, x, context) => keepNaN('ReduceMax', reduce, x, context)),
  reduceMin: reduction((reduce, x, context) => keepNaN('ReduceMin', reduce, x, context)),
  argMax: search('ArgMax'),
  argMin: search('ArgMin'),
};

const sum: Lowering<'reduceSum'> = reduction((reduce, x, { emitter, output }) => {
  if (output.dtype !== 'int32') return reduce('ReduceSum', x);
  // ONNX Runtime 1.30 saturates int32 sums; the lower half of the int64 sum is the sum modulo 2³².
  const whole = reduce('ReduceSum', emitter.emit('Cast', [x], { to: dataTypes.int64 }));
  return emitter.emit('Cast', [whole], { to: dataTypes.int32 });
});

/** Whether all but the last axis are summed, as for a bias. */
function sumsRows(context: LoweringContext<'reduceSum'>): boolean {
  const { axes } = context.attributes;
  const { type, isChannelsFirst } = operand(context, 0);
  const leading = type.shape.length - 1;
  const isAll = axes.length === leading && axes.every((axis) => axis < leading);
  return type.dtype === 'float32' && !isChannelsFirst && leading > 0 && isAll;
}

// A product with ones: 43,264 rows of 16 take 0.06 ms instead of 0.16 on one thread and 0.07 instead of 2.0 on two, 512 of 512 0.05
// and 0.09 instead of 0.06 and 1.3 (ONNX Runtime 1.30, `benchmarks/lowerings.mjs`).
function rowSum(context: LoweringContext<'reduceSum'>): LoweredTensor {
  const { emitter, sizes, output } = context;
  const { shape } = operand(context, 0).type;
  const width = shape.at(-1) ?? 1;
  const rows = elementCount(shape.slice(0, -1));
  const { outermost } = emitter;
  const ones = outermost.memo(`ones ${formatDimension(rows)}`, () =>
    outermost.emit('Expand', [emitter.float(1), sizes.single(rows)]),
  );
  const flat = sizes.reshape(operand(context, 0).rowMajor(), shape, [rows, width]);
  return rowMajor(sizes.reshape(emitter.emit('MatMul', [ones, flat]), [width], output.shape));
}

/** Emits a reduction operator over the node's axes. */
type Reduce = (opType: string, x: string) => string;

function reduction<K extends Reduction>(
  build: (reduce: Reduce, x: string, context: LoweringContext<K>) => string,
): Lowering<K> {
  return (context) => {
    const { emitter } = context;
    const { axes, keepDims } = context.attributes;
    if (axes.length === 0) return operand(context, 0);
    const { tensor, positions, finish } = reducible(context, axes, keepDims);
    const reduce: Reduce = (opType, x) =>
      emitter.emit(opType, [x, emitter.int64s(positions)], { keepdims: keepDims ? 1 : 0 });
    return finish(build(reduce, tensor, context));
  };
}

function search<K extends 'argMax' | 'argMin'>(opType: string): Lowering<K> {
  return (context) => {
    const { emitter, attributes } = context;
    const { axis, keepDims } = attributes;
    const { tensor, positions, finish } = reducible(context, [axis], keepDims);
    const flags = { axis: positions[0] ?? axis, keepdims: keepDims ? 1 : 0 };
    let index = emitter.emit(opType, [tensor], flags);
    if (operand(context, 0).type.dtype === 'float32') {
      // The engine's comparisons pass over a NaN; where there is one, the first is the result.
      const bad = emitter.emit('Cast', [emitter.emit('IsNaN', [tensor])], { to: dataTypes.int32 });
      const any = emitter.emit('ReduceMax', [bad, emitter.int64s(positions)], {
        keepdims: flags.keepdims,
      });
      const first = emitter.emit('ArgMax', [bad], flags);
      index = emitter.emit('Where', [asBool(emitter, any), first, index]);
    }
    return finish(emitter.emit('Cast', [index], { to: dataTypes.int32 }));
  };
}

// ONNX Runtime 1.30 keeps a NaN only where it is the first element.
function keepNaN<K extends 'reduceMax' | 'reduceMin'>(
  opType: string,
  reduce: Reduce,
  x: string,
  { emitter, output }: LoweringContext<K>,
): string {
  const reduced = reduce(opType, x);
  if (output.dtype !== 'float32') return reduced;
  const bad = emitter.emit('Cast', [emitter.emit('IsNaN', [x])], { to: dataTypes.float32 });
  const any = asBool(emitter, reduce('ReduceMax', bad));
  return emitter.emit('Where', [any, emitter.float(Number.NaN), reduced]);
}

function asBool(emitter: GraphEmitter, tensor: string): string {
  return emitter.emit('Cast', [tensor], { to: dataTypes.bool });
}

/** Operand of a reduction, in the layout that it exists in. */
interface Reducible {
  readonly tensor: string;
  /** The node's axes, as axes of the tensor. */
  readonly positions: readonly number[];
  /** Brings a reduced tensor to the order of the program's value. */
  finish(reduced: string): LoweredTensor;
}

function reducible<K extends OperatorName>(
  context: LoweringContext<K>,
  axes: readonly number[],
  keepDims: boolean,
): Reducible {
  const value = operand(context, 0);
  if (!value.isChannelsFirst)
    return { tensor: value.rowMajor(), positions: axes, finish: rowMajor };
  return {
    tensor: value.channelsFirst(),
    positions: axes.map((axis) => TO_CHANNELS_LAST[axis] ?? axis).sort((a, b) => a - b),
    finish: keepDims ? channelsFirst : (reduced) => rowMajor(inOrder(context, reduced, axes)),
  };
}

// The axes that are left of an NCHW image are those of the value, but the channels may come too early.
function inOrder<K extends OperatorName>(
  { emitter }: LoweringContext<K>,
  reduced: string,
  axes: readonly number[],
): string {
  const left = TO_CHANNELS_FIRST.filter((axis) => !axes.includes(axis));
  const sorted = [...left].sort((a, b) => a - b);
  if (left.every((axis, index) => axis === sorted[index])) return reduced;
  return emitter.emit('Transpose', [reduced], { perm: sorted.map((axis) => left.indexOf(axis)) });
}
