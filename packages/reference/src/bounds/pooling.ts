import type { ConvolutionOperatorsV1, PoolingAttributes } from '@etalon/spec';
import type { KernelCall } from '../kernels/kernel.ts';
import { operandAt } from '../kernels/kernel.ts';
import type { PoolingGeometry } from '../kernels/pooling.ts';
import { firstMaxima, forEachWindow, poolingKernels } from '../kernels/pooling.ts';
import { contendersOf } from './contenders.ts';
import { monotoneRule } from './reduction.ts';
import type { BoundCall, BoundRulesOf } from './rule.ts';
import { boundAt, isExact, settled } from './rule.ts';
import { boundSum } from './sums.ts';

type Pooling = Exclude<
  keyof ConvolutionOperatorsV1,
  'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'
>;

function elementsPerWindow({ windowSize }: PoolingAttributes): number {
  return windowSize[0] * windowSize[1];
}

function windowsPerElement({ windowSize, strides }: PoolingAttributes): number {
  return Math.ceil(windowSize[0] / strides[0]) * Math.ceil(windowSize[1] / strides[1]);
}

// Calls `visit` for every window in which an engine may find another maximum.
function forEachUncertainWindow(
  { inputs, bounds }: BoundCall<'maxPool2dGradient' | 'maxPool2dSelect'>,
  geometry: PoolingGeometry,
  visit: (outputAt: number, winner: number, contenders: readonly number[]) => void,
): void {
  const own = boundAt(bounds, 0);
  if (isExact(own)) return;
  const { data } = operandAt(inputs, 0);
  const maxima = firstMaxima(data, geometry);
  forEachWindow(geometry, (outputAt, members, count) => {
    const winner = maxima[outputAt] as number;
    if (winner < 0) return;
    const contenders = contendersOf({ values: data, bounds: own, members, count }, winner);
    if (contenders.length > 0) visit(outputAt, winner, contenders);
  });
}

// The kernel applied to the second operand alone: which element wins stays as it is.
function applyToSecond<K extends 'maxPool2dGradient' | 'maxPool2dSelect'>(
  kernel: (call: KernelCall<K>) => Float64Array,
  call: BoundCall<K>,
  data: Float64Array,
): Float64Array {
  const second = { ...operandAt(call.inputs, 1), data };
  return kernel({ ...call, inputs: [operandAt(call.inputs, 0), second] });
}

/** Bound rules of pooling and its gradients. */
export const poolingBounds: BoundRulesOf<Pooling> = {
  averagePool2d: (call) =>
    boundSum(poolingKernels.averagePool2d, call, {
      linear: [0],
      termCount: elementsPerWindow(call.attributes),
      terms: 'divided',
    }),
  averagePool2dGradient: (call) =>
    boundSum(poolingKernels.averagePool2dGradient, call, {
      linear: [0],
      termCount: windowsPerElement(call.attributes),
      terms: 'divided',
    }),
  maxPool2d: monotoneRule(poolingKernels.maxPool2d),
  // an uncertain window may give its gradient to any contender instead
  maxPool2dGradient: (call) => {
    const sum = boundSum(poolingKernels.maxPool2dGradient, call, {
      linear: [1],
      termCount: windowsPerElement(call.attributes),
      terms: 'elements',
    });
    const dy = operandAt(call.inputs, 1);
    const geometry = {
      image: call.shape,
      output: dy.shape,
      attributes: call.attributes,
    };
    const bound = sum.bound.slice();
    forEachUncertainWindow(call, geometry, (outputAt, winner, contenders) => {
      const magnitude = Math.abs(dy.data[outputAt] as number);
      const moved = magnitude + (boundAt(call.bounds, 1)[outputAt] as number);
      for (const at of [winner, ...contenders]) bound[at] = settled((bound[at] as number) + moved);
    });
    return { ...sum, bound };
  },
  maxPool2dSelect: (call) => {
    const other = operandAt(call.inputs, 1).data;
    const otherBounds = boundAt(call.bounds, 1);
    const bound = applyToSecond(poolingKernels.maxPool2dSelect, call, otherBounds);
    const geometry = {
      image: operandAt(call.inputs, 0).shape,
      output: call.shape,
      attributes: call.attributes,
    };
    forEachUncertainWindow(call, geometry, (outputAt, _winner, contenders) => {
      const value = call.result[outputAt] as number;
      for (const at of contenders) {
        const distance = Math.abs((other[at] as number) - value) + (otherBounds[at] as number);
        bound[outputAt] = settled(Math.max(bound[outputAt] as number, distance));
      }
    });
    return { bound };
  },
};
