import type { ConvolutionAttributes, NodeOf, ProgramV1 } from '@etalon/spec';
import { plainReading } from '../src/evaluate-program.ts';
import type { ReferenceInputs, ResultType } from '../src/interpret.ts';
import { applyKernel, interpretProgram } from '../src/interpret.ts';
import type { KernelName } from '../src/kernels/kernel.ts';
import type { ReferenceTensor } from '../src/tensor.ts';
import { sizeOf } from '../src/tensor.ts';

/** How the simulated engine sums and rounds. */
export interface EngineOptions {
  /** One after the other, from the end, or in eight interleaved lanes as vector units do. */
  readonly order: 'forward' | 'reverse' | 'lanes';
  /** Rounding after every operation; float32 unless sabotaged. */
  readonly round?: (x: number) => number;
  /** Leaves the last term out of every sum of at least so many terms. */
  readonly dropsTermFrom?: number;
  /** Replaces the result of one operator. */
  readonly replace?: Partial<
    Record<KernelName, (exact: Float64Array, node: NodeOf<KernelName>) => Float64Array>
  >;
}

/** Products that one element of the result sums: indices into the two operands. */
type Terms = readonly (readonly [number, number])[];

/**
 * Runs a program as an engine in float32 would: every elementary result is rounded, every sum rounds after every
 * term. Sums are written out here, from the definitions, and not with the reference's kernels.
 */
export function runInFloat32(
  program: ProgramV1,
  inputs: ReferenceInputs,
  options: EngineOptions,
): Record<string, ReferenceTensor> {
  const { round = Math.fround } = options;
  const rounded = (tensor: ReferenceTensor): ReferenceTensor =>
    tensor.dtype === 'float32' ? { ...tensor, data: tensor.data.map(round) } : tensor;
  return interpretProgram<ReferenceTensor>(program, inputs, {
    ...plainReading,
    lift: rounded,
    apply: (node, operands, type) => {
      const terms = termsOf(node, operands, type);
      const data = terms?.map((list) => sum(list, operands, options));
      const exact =
        data === undefined
          ? applyKernel(node, operands, type)
          : { dtype: type.dtype, shape: type.shape, data: Float64Array.from(data) };
      const replace = options.replace?.[node.operator];
      return rounded(replace === undefined ? exact : { ...exact, data: replace(exact.data, node) });
    },
  });
}

function sum(terms: Terms, operands: readonly ReferenceTensor[], options: EngineOptions): number {
  const { order, round = Math.fround, dropsTermFrom = Number.POSITIVE_INFINITY } = options;
  const [a, b] = operands;
  let values = terms.map(([i, j]) => {
    const x = a?.data[i] as number;
    return b === undefined ? x : round(x * (b.data[j] as number));
  });
  if (values.length >= dropsTermFrom) values = values.slice(0, -1);
  if (order === 'reverse') values.reverse();
  const laneCount = order === 'lanes' ? 8 : 1;
  const lanes = new Float64Array(laneCount);
  values.forEach((value, i) => {
    lanes[i % laneCount] = round((lanes[i % laneCount] as number) + value);
  });
  return lanes.reduce((total, lane) => round(total + lane), 0);
}

// Terms of every element of a sum; undefined for other operators.
function termsOf(
  node: NodeOf<KernelName>,
  operands: readonly ReferenceTensor[],
  { shape }: ResultType,
): Terms[] | undefined {
  const [a, b] = operands as readonly [ReferenceTensor, ReferenceTensor];
  switch (node.operator) {
    case 'matmul': {
      const [m, k] = a.shape as [number, number];
      const n = b.shape[1] as number;
      return range(m * n).map((at) =>
        range(k).map((i) => [Math.floor(at / n) * k + i, i * n + (at % n)] as const),
      );
    }
    case 'reduceSum': {
      const { axes } = node.attributes as { axes: readonly number[] };
      const terms: [number, number][][] = range(sizeOf(shape)).map(() => []);
      const kept = a.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      for (const at of range(a.data.length)) {
        const index = indexOf(at, a.shape);
        let to = 0;
        for (const axis of kept) to = to * (a.shape[axis] as number) + (index[axis] as number);
        terms[to]?.push([at, 0]);
      }
      return terms;
    }
    case 'conv2d':
      return convolution(node, a.shape, b.shape, shape, 'output');
    case 'conv2dInputGradient':
      return convolution(node, shape, b.shape, a.shape, 'image');
    case 'conv2dFilterGradient':
      return convolution(node, a.shape, shape, b.shape, 'filter');
    default:
      return undefined;
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function indexOf(at: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    index[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return index;
}

// Every product of image and filter that the definition of conv2d names, grouped by where it is summed.
function convolution(
  node: NodeOf<KernelName>,
  image: readonly number[],
  filter: readonly number[],
  output: readonly number[],
  target: 'output' | 'image' | 'filter',
): Terms[] {
  const { strides, padding, dilations, groups } = node.attributes as ConvolutionAttributes;
  const [, height, width, channels] = image as [number, number, number, number];
  const [, , perGroup, outputChannels] = filter as [number, number, number, number];
  const sizes = { output: sizeOf(output), image: sizeOf(image), filter: sizeOf(filter) };
  const terms: [number, number][][] = range(sizes[target]).map(() => []);
  for (const outputAt of range(sizes.output)) {
    const [n, oh, ow, oc] = indexOf(outputAt, output) as [number, number, number, number];
    const group = Math.floor(oc / (outputChannels / groups));
    for (const filterAt of range(sizes.filter)) {
      const [kh, kw, ic, fc] = indexOf(filterAt, filter) as [number, number, number, number];
      const ih = oh * strides[0] - padding[0][0] + kh * dilations[0];
      const iw = ow * strides[1] - padding[1][0] + kw * dilations[1];
      if (fc !== oc || ih < 0 || ih >= height || iw < 0 || iw >= width) continue;
      const imageAt = ((n * height + ih) * width + iw) * channels + group * perGroup + ic;
      if (target === 'output') terms[outputAt]?.push([imageAt, filterAt]);
      else if (target === 'image') terms[imageAt]?.push([outputAt, filterAt]);
      else terms[filterAt]?.push([imageAt, outputAt]);
    }
  }
  return terms;
}
