import type { Tensor, TensorType } from '@etalon/compiler';
import {
  averagePool2d,
  cast,
  concat,
  conv2d,
  dimensionSize,
  emit,
  expand,
  gather,
  matmul,
  maxPool2d,
  oneHot,
  pad,
  reshape,
  scatterAdd,
  slice,
  tensor,
  traceProgram,
  transpose,
  where,
} from '@etalon/compiler';
import type {
  Dimension,
  OperatorName,
  ProgramV1,
  RandomOperatorsV1,
  StructuralOperatorsV1,
} from '@etalon/spec';

/** One application of an operator, to inputs whose axes have names. */
export interface OperatorCase {
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** `size` gives an axis its name, or its size in a program without names. */
  readonly body: (symbols: Symbols<Readonly<Record<string, TensorType>>>, size: Size) => Tensor;
}

type Symbols<I> = { readonly [K in keyof I]: Tensor };
type Size = (name: string) => Dimension;

const float = (...shape: Dimension[]): TensorType => tensor('float32', shape);
const int = (...shape: Dimension[]): TensorType => tensor('int32', shape);
const bool = (...shape: Dimension[]): TensorType => tensor('bool', shape);

function of<I extends OperatorCase['inputs']>(
  inputs: I,
  body: (symbols: Symbols<I>, size: Size) => Tensor,
): OperatorCase {
  return { inputs, body: (symbols, size) => body(symbols as Symbols<I>, size) };
}

// An operator without attributes on tensors in order.
const plain = (operator: OperatorName, ...inputs: TensorType[]): OperatorCase =>
  of(Object.fromEntries(inputs.map((type, at) => [`x${at}`, type])), (symbols) =>
    emit(operator as 'concat', Object.values(symbols) as [Tensor, ...Tensor[]], {} as never),
  );

const unary = (operator: OperatorName): readonly OperatorCase[] => [
  plain(operator, float('p', 'q')),
];
const binary = (operator: OperatorName): readonly OperatorCase[] => [
  plain(operator, float('p', 1, 'r'), float('q', 'r')),
  plain(operator, float('p'), float()),
];
const logical = (operator: OperatorName): readonly OperatorCase[] => [
  plain(operator, bool('p', 1), bool('q')),
];
const reductions = (operator: 'reduceSum'): readonly OperatorCase[] =>
  [[], [0], [1], [0, 2], [0, 1, 2]].flatMap((axes) =>
    [true, false].map((keepDims) =>
      of({ x: float('p', 'q', 'r') }, ({ x }) => emit(operator, [x], { axes, keepDims })),
    ),
  );
const searches = (operator: 'argMax'): readonly OperatorCase[] =>
  [true, false].map((keepDims) =>
    of({ x: float('p', 'q') }, ({ x }) => emit(operator, [x], { axis: 1, keepDims })),
  );
const alongAxis = (operator: 'softmax'): readonly OperatorCase[] => [
  of({ x: float('p', 'q') }, ({ x }) => emit(operator, [x], { axis: 0 })),
];
const withAlpha = (operator: 'elu'): readonly OperatorCase[] => [
  of({ x: float('p') }, ({ x }) => emit(operator, [x], { alpha: 0.5 })),
];

const same = {
  strides: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
} as const;
const convolution = { ...same, dilations: [1, 1], groups: 1 } as const;
// Everything that a convolution can have at once: a 5 × 6 image becomes 3 × 5.
const uneven = {
  strides: [2, 1],
  padding: [
    [1, 0],
    [0, 1],
  ],
  dilations: [1, 2],
  groups: 2,
} as const;
const unevenFilter = float(2, 2, 2, 6);
const overlapping = { ...same, windowSize: [3, 3] } as const;
const image = float('n', 'h', 'w', 'c');

/** Cases of every operator that is neither a random draw nor a loop. */
export const operatorCases: {
  readonly [K in Exclude<
    OperatorName,
    keyof RandomOperatorsV1 | keyof StructuralOperatorsV1
  >]: readonly OperatorCase[];
} = {
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  max: binary('max'),
  min: binary('min'),
  pow: binary('pow'),
  equal: binary('equal'),
  notEqual: binary('notEqual'),
  greater: binary('greater'),
  greaterOrEqual: binary('greaterOrEqual'),
  lesser: binary('lesser'),
  lesserOrEqual: binary('lesserOrEqual'),
  logicalAnd: logical('logicalAnd'),
  logicalOr: logical('logicalOr'),
  logicalXor: logical('logicalXor'),
  logicalNot: [plain('logicalNot', bool('p', 'q'))],
  isNaN: unary('isNaN'),
  where: [of({ c: bool('p', 1), a: float('q'), b: float() }, ({ c, a, b }) => where(c, a, b))],
  abs: unary('abs'),
  neg: unary('neg'),
  sign: unary('sign'),
  reciprocal: unary('reciprocal'),
  sqrt: unary('sqrt'),
  exp: unary('exp'),
  log: unary('log'),
  sin: unary('sin'),
  cos: unary('cos'),
  tanh: unary('tanh'),
  erf: unary('erf'),
  sigmoid: unary('sigmoid'),
  relu: unary('relu'),
  floor: unary('floor'),
  ceil: unary('ceil'),
  roundEven: unary('roundEven'),
  cast: [of({ x: float('p', 'q') }, ({ x }) => cast(x, 'int32'))],
  reduceSum: reductions('reduceSum'),
  reduceMean: reductions('reduceMean' as 'reduceSum'),
  reduceMax: [
    ...reductions('reduceMax' as 'reduceSum'),
    of({ k: int('p', 'q') }, ({ k }) => emit('reduceMax', [k], { axes: [0], keepDims: false })),
  ],
  reduceMin: [
    ...reductions('reduceMin' as 'reduceSum'),
    of({ k: int('p', 'q') }, ({ k }) => emit('reduceMin', [k], { axes: [1], keepDims: true })),
  ],
  argMax: searches('argMax'),
  argMin: searches('argMin' as 'argMax'),
  matmul: [
    of({ a: float('b', 'm', 'k'), w: float('k', 'n') }, ({ a, w }) => matmul(a, w)),
    of({ a: float('b', 'm', 'k'), w: float('b', 'k', 'n') }, ({ a, w }) => matmul(a, w)),
  ],
  conv2d: [
    of({ x: float('n', 5, 6, 4), w: unevenFilter }, ({ x, w }) => conv2d(x, w, uneven)),
    of({ x: image, w: float(3, 3, 'c', 'o') }, ({ x, w }) => conv2d(x, w, { padding: 'same' })),
    of({ x: image, w: float(2, 1, 'c', 'o') }, ({ x, w }) => conv2d(x, w, { strides: 2 })),
    // room for windows even over nothing: their sums are 0
    of({ x: image, w: float(1, 1, 'c', 'o') }, ({ x, w }) =>
      conv2d(x, w, {
        padding: [
          [1, 1],
          [1, 0],
        ],
      }),
    ),
  ],
  conv2dInputGradient: [
    of({ dy: float('n', 3, 5, 6), w: unevenFilter }, ({ dy, w }) =>
      emit('conv2dInputGradient', [dy, w], { ...uneven, inputSize: [5, 6] }),
    ),
    of({ dy: float('n', 'h', 'w', 'o'), w: float(3, 3, 'c', 'o') }, ({ dy, w }, size) =>
      emit('conv2dInputGradient', [dy, w], { ...convolution, inputSize: [size('h'), size('w')] }),
    ),
  ],
  conv2dFilterGradient: [
    of({ x: float('n', 5, 6, 4), dy: float('n', 3, 5, 6) }, ({ x, dy }) =>
      emit('conv2dFilterGradient', [x, dy], { ...uneven, filterSize: [2, 2] }),
    ),
    of({ x: image, dy: float('n', 'h', 'w', 'o') }, ({ x, dy }) =>
      emit('conv2dFilterGradient', [x, dy], { ...convolution, filterSize: [3, 3] }),
    ),
  ],
  averagePool2d: [
    of({ x: image }, ({ x }) => averagePool2d(x, { windowSize: 2 })),
    of({ x: image }, ({ x }) =>
      averagePool2d(x, {
        windowSize: 2,
        strides: 1,
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
    ),
  ],
  averagePool2dGradient: [
    of({ dy: image }, ({ dy }, size) =>
      emit('averagePool2dGradient', [dy], { ...overlapping, inputSize: [size('h'), size('w')] }),
    ),
  ],
  maxPool2d: [
    of({ x: image }, ({ x }) => maxPool2d(x, { windowSize: 2 })),
    of({ x: image }, ({ x }) =>
      maxPool2d(x, {
        windowSize: 2,
        strides: 1,
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
    ),
  ],
  maxPool2dGradient: [
    of({ x: image, dy: image }, ({ x, dy }) => emit('maxPool2dGradient', [x, dy], overlapping)),
  ],
  maxPool2dSelect: [
    of({ x: image, y: image }, ({ x, y }) => emit('maxPool2dSelect', [x, y], overlapping)),
  ],
  identity: unary('identity'),
  reshape: [of({ x: float('p', 'q', 2) }, ({ x }, size) => reshape(x, [size('q'), size('p'), 2]))],
  transpose: [of({ x: float('p', 'q', 2) }, ({ x }) => transpose(x))],
  expand: [
    of({ x: float(1, 'q'), like: float('p') }, ({ x }, size) =>
      expand(x, [size('p'), 2, size('q')]),
    ),
  ],
  concat: [
    of({ a: float('p', 'q'), b: float('r', 'q'), c: float('p', 'q') }, (symbols) =>
      concat(Object.values(symbols)),
    ),
    of({ a: int('p', 'q'), b: int('p', 2) }, (symbols) =>
      concat(Object.values(symbols), { axis: 1 }),
    ),
  ],
  slice: [
    of({ x: float('p', 'q') }, ({ x }) => slice(x, { starts: [0, 0], strides: [2, 1] })),
    of({ x: float('p', 3), like: float('q') }, ({ x }, size) =>
      slice(x, { starts: [0, 1], sizes: [size('p'), 0] }),
    ),
  ],
  pad: [
    of({ x: float('p', 'q') }, ({ x }) => pad(x, { before: [1, 0], after: [0, 2], value: -2 })),
    of({ x: bool('p') }, ({ x }, size) => pad(x, { before: [size('p')], after: [1], value: 1 })),
  ],
  gather: [
    of({ x: float('v', 'd'), at: int('i', 'j') }, ({ x, at }) => gather(x, at)),
    of({ x: float('p', 'v', 'd'), at: int('i') }, ({ x, at }) => gather(x, at, { axis: 1 })),
  ],
  scatterAdd: [
    of({ at: int('i'), x: float('i', 'd'), like: float('v') }, ({ at, x }, size) =>
      scatterAdd(at, x, { size: size('v') }),
    ),
  ],
  dimensionSize: [of({ like: float('p', 'q') }, (_, size) => dimensionSize(size('p')))],
  softmax: alongAxis('softmax'),
  logSoftmax: alongAxis('logSoftmax' as 'softmax'),
  softplus: unary('softplus'),
  gelu: unary('gelu'),
  elu: withAlpha('elu'),
  leakyRelu: withAlpha('leakyRelu' as 'elu'),
  step: unary('step'),
  oneHot: [
    of({ at: int('p', 'q') }, ({ at }) => oneHot(at, { depth: 3 })),
    of({ at: int('p', 0) }, ({ at }) => oneHot(at, { depth: 0 })),
  ],
  stopGradient: unary('stopGradient'),
  straightThrough: [plain('straightThrough', float('p', 'q'), float('p', 'q'))],
};

/** The program of a case. */
export function traceCase({ inputs, body }: OperatorCase, size: Size = (name) => name): ProgramV1 {
  return traceProgram('model', inputs, (symbols) => ({ y: body(symbols, size) }));
}
