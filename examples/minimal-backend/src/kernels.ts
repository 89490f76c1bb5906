import { evaluateDimension } from '@etalon/compiler';
import type { DimensionBindings, DType, HostTensor, OperatorName, OperatorsV1 } from '@etalon/spec';
import { broadcastOffsets, offsetsOf, sizeOf, stridesOf } from './strides.ts';

/** What a kernel sees of the node that it computes. */
export interface KernelCall<K extends OperatorName> {
  /** As many as the operator takes: the compiler's verifier has counted them. */
  readonly operands: readonly HostTensor[];
  readonly attributes: OperatorsV1[K];
  /** Type of the result; its sizes are numbers by now. */
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Sizes of the names in attributes. */
  readonly bindings: DimensionBindings;
}

/** Computes the elements of a node. Operands are never written to, so a result may be an operand's own array. */
export type Compute<K extends OperatorName> = (call: KernelCall<K>) => HostTensor['data'];

/** What the backend can do with one operator. */
export interface Kernel<K extends OperatorName> {
  /** Element types of the data operand. */
  readonly dtypes: readonly DType[];
  readonly compute: Compute<K>;
}

type AnyCall = Omit<KernelCall<OperatorName>, 'attributes'>;
type Scalar = (...operands: number[]) => number;

const real: readonly DType[] = ['float32'];
const numeric: readonly DType[] = ['float32', 'int32'];
const any: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

const arrays: { readonly [D in DType]: new (length: number) => HostTensor['data'] } = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};

function allocate({ dtype, shape }: AnyCall): HostTensor['data'] {
  return new arrays[dtype](sizeOf(shape));
}

function operandAt({ operands }: AnyCall, at: number): HostTensor {
  return operands[at] as HostTensor;
}

// Arithmetic is in double precision, and the array rounds to float32 once: as IEEE 754 asks for + - · / and √. An
// array of int32 wraps modulo 2³², as the specification asks.
function elementwise(f: Scalar) {
  return (call: AnyCall): HostTensor['data'] => {
    const readers = call.operands.map(({ data, shape }) => {
      const offsets = broadcastOffsets(shape, call.shape);
      return (at: number) => data[offsets[at] as number] as number;
    });
    return allocate(call).map((_, at) => f(...readers.map((read) => read(at))));
  };
}

function pick(call: AnyCall, offsets: Int32Array): HostTensor['data'] {
  const { data } = operandAt(call, 0);
  return allocate(call).map((_, at) => data[offsets[at] as number] as number);
}

function reduction(fold: Scalar) {
  return (call: KernelCall<'reduceSum' | 'reduceMax'>): HostTensor['data'] => {
    const { data, shape } = operandAt(call, 0);
    const strides = stridesOf(shape);
    const offsets = (isReduced: boolean): Int32Array => {
      const own = [...shape.keys()].filter((a) => call.attributes.axes.includes(a) === isReduced);
      const along = (of: readonly number[]) => own.map((axis) => of[axis] as number);
      return offsetsOf(along(shape), along(strides));
    };
    // No operand is empty here: the compiler has answered those by rule.
    const [starts, [, ...steps]] = [offsets(false), offsets(true)];
    return allocate(call).map((_, at) => {
      const first = starts[at] as number;
      const fromFirst = (value: number, step: number) => fold(value, data[first + step] as number);
      return steps.reduce(fromFirst, data[first] as number);
    });
  };
}

// float32 to int32 saturates and NaN is 0, where an array would wrap; as a bool, NaN is true.
const conversions: { readonly [D in 'float32' | 'int32' | 'bool']: Scalar } = {
  float32: (x = 0) => x,
  int32: (x = 0) => Math.min(Math.max(Math.trunc(x) || 0, -(2 ** 31)), 2 ** 31 - 1),
  bool: (x) => Number(x !== 0),
};

const argMax: Compute<'argMax'> = (call) => {
  const { data, shape } = operandAt(call, 0);
  const { axis } = call.attributes;
  const size = shape[axis] as number;
  const stride = stridesOf(shape)[axis] as number;
  return allocate(call).map((_, at) => {
    const first = Math.floor(at / stride) * stride * size + (at % stride);
    const row = Array.from({ length: size }, (_, i) => data[first + i * stride] as number);
    // a NaN counts as the largest, and the first of equals wins
    const most = row.some(Number.isNaN) ? row.findIndex(Number.isNaN) : undefined;
    return most ?? row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
};

const matmul: Compute<'matmul'> = (call) => {
  const [a, b] = [operandAt(call, 0), operandAt(call, 1)];
  const [rows, columns] = call.shape.slice(-2) as [number, number];
  const inner = a.shape.at(-1) as number;
  const leading = call.shape.slice(0, -2);
  const aMatrices = broadcastOffsets(a.shape.slice(0, -2), leading);
  const bMatrices = broadcastOffsets(b.shape.slice(0, -2), leading);
  return allocate(call).map((_, at) => {
    const matrix = Math.floor(at / (rows * columns));
    const row = Math.floor(at / columns) % rows;
    const aRow = ((aMatrices[matrix] as number) * rows + row) * inner;
    const bColumn = (bMatrices[matrix] as number) * inner * columns + (at % columns);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum += (a.data[aRow + k] as number) * (b.data[bColumn + k * columns] as number);
    }
    return sum;
  });
};

const concat: Compute<'concat'> = (call) => {
  const { axis } = call.attributes;
  const strides = stridesOf(call.shape);
  const result = allocate(call);
  let start = 0;
  for (const { data, shape } of call.operands) {
    for (const [at, to] of offsetsOf(shape, strides).entries()) {
      result[start + to] = data[at] as number;
    }
    start += (shape[axis] as number) * (strides[axis] as number);
  }
  return result;
};

const gather: Compute<'gather'> = (call) => {
  const [table, indices] = [operandAt(call, 0), operandAt(call, 1)];
  const width = stridesOf(table.shape)[call.attributes.axis] as number;
  const size = table.shape[call.attributes.axis] as number;
  return allocate(call).map((_, at) => {
    const slice = Math.floor(at / width);
    const index = indices.data[slice % indices.data.length] as number;
    const outer = Math.floor(slice / indices.data.length);
    return table.data[(outer * size + index) * width + (at % width)] as number;
  });
};

/** What a dense network and its training step decompose to. The key decides the type of the attributes. */
export const kernels: { readonly [K in OperatorName]?: Kernel<K> } = {
  add: { dtypes: numeric, compute: elementwise((a = 0, b = 0) => a + b) },
  sub: { dtypes: numeric, compute: elementwise((a = 0, b = 0) => a - b) },
  mul: {
    dtypes: numeric,
    // the product of two int32 may not fit a double
    compute: (call) => {
      const multiply: Scalar = call.dtype === 'int32' ? Math.imul : (a = 0, b = 0) => a * b;
      return elementwise(multiply)(call);
    },
  },
  div: { dtypes: real, compute: elementwise((a = 0, b = 0) => a / b) },
  max: { dtypes: numeric, compute: elementwise(Math.max) },
  sqrt: { dtypes: real, compute: elementwise(Math.sqrt) },
  exp: { dtypes: real, compute: elementwise(Math.exp) },
  log: { dtypes: real, compute: elementwise(Math.log) },
  tanh: { dtypes: real, compute: elementwise(Math.tanh) },
  equal: { dtypes: any, compute: elementwise((a, b) => Number(a === b)) },
  greater: { dtypes: numeric, compute: elementwise((a = 0, b = 0) => Number(a > b)) },
  where: { dtypes: any, compute: elementwise((is, a = 0, b = 0) => (is === 1 ? a : b)) },
  cast: { dtypes: any, compute: (call) => elementwise(conversions[call.attributes.to])(call) },
  reduceSum: { dtypes: numeric, compute: reduction((sum = 0, x = 0) => sum + x) },
  reduceMax: { dtypes: numeric, compute: reduction(Math.max) },
  argMax: { dtypes: numeric, compute: argMax },
  matmul: { dtypes: real, compute: matmul },
  reshape: { dtypes: any, compute: (call) => operandAt(call, 0).data },
  transpose: {
    dtypes: any,
    compute: (call) => {
      const strides = stridesOf(operandAt(call, 0).shape);
      const moved = call.attributes.permutation.map((axis) => strides[axis] as number);
      return pick(call, offsetsOf(call.shape, moved));
    },
  },
  expand: { dtypes: any, compute: elementwise((x = 0) => x) },
  concat: { dtypes: any, compute: concat },
  gather: { dtypes: any, compute: gather },
  dimensionSize: {
    dtypes: ['int32'],
    compute: ({ attributes: { dimension }, bindings }) =>
      Int32Array.of(evaluateDimension(dimension, bindings)),
  },
};
