import type { RandomKey } from '@etalon/compiler';
import { drawBernoulli, drawIntegers, drawUniform, permutation } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { countOf, hostTensor } from './host-tensor.ts';

/** Makes one input of a case from the case's own key. */
export type Source = (key: RandomKey) => HostTensor;

type Sizes = readonly number[];

/** Seeded float32 numbers, uniform in `[low, high)`. */
export function uniform(shape: Sizes, low = -2, high = 2): Source {
  return (key) => ({
    dtype: 'float32',
    shape,
    data: drawUniform(key, countOf(shape), { low, high }),
  });
}

/** Seeded float32 numbers of either sign whose magnitude is in `[low, high)`: away from a kink at zero. */
export function awayFromZero(shape: Sizes, low = 0.2, high = 2): Source {
  return (key) => {
    const data = drawUniform(key, countOf(shape), { low: low - high, high: high - low });
    return { dtype: 'float32', shape, data: data.map((x) => (x < 0 ? x - low : x + low)) };
  };
}

/** A shuffled ladder of float32 numbers, `step` apart: no ties, and none close enough to matter. */
export function distinct(shape: Sizes, step = 0.25): Source {
  return (key) => {
    const count = countOf(shape);
    const order = permutation(key, count);
    const middle = Math.floor(count / 2);
    return hostTensor(
      'float32',
      shape,
      Float32Array.from(order, (rank) => (rank - middle) * step),
    );
  };
}

/** Seeded float32 integers in `[low, high)`: full of ties. */
export function coarse(shape: Sizes, low: number, high: number): Source {
  return (key) => hostTensor('float32', shape, drawIntegers(key, countOf(shape), { low, high }));
}

/** Seeded int32 numbers in `[low, high)`. */
export function integers(shape: Sizes, low = -20, high = 20): Source {
  return (key) => hostTensor('int32', shape, drawIntegers(key, countOf(shape), { low, high }));
}

/** Seeded bools. */
export function flags(shape: Sizes, probability = 0.5): Source {
  return (key) => hostTensor('bool', shape, drawBernoulli(key, countOf(shape), { probability }));
}

/** Seeded bytes. */
export function bytes(shape: Sizes): Source {
  return (key) =>
    hostTensor('uint8', shape, drawIntegers(key, countOf(shape), { low: 0, high: 256 }));
}

/** Given float32 numbers; a vector unless a shape is given. */
export function floats(values: readonly number[], shape: Sizes = [values.length]): Source {
  return () => hostTensor('float32', shape, values);
}

/** Given int32 numbers; a vector unless a shape is given. */
export function ints(values: readonly number[], shape: Sizes = [values.length]): Source {
  return () => hostTensor('int32', shape, values);
}

/** Given bools, as 0 and 1; a vector unless a shape is given. */
export function bools(values: readonly number[], shape: Sizes = [values.length]): Source {
  return () => hostTensor('bool', shape, values);
}

/** The same float32 number everywhere. */
export function repeated(value: number, shape: Sizes): Source {
  return () => hostTensor('float32', shape, new Float32Array(countOf(shape)).fill(value));
}
