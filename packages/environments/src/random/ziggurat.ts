import { exponential as exponentialOf, logarithmOf1Plus } from '../math/exponential.ts';
import type { Pcg64 } from './pcg64.ts';
import { exponentialLayers, normalLayers } from './ziggurat-layers.ts';

interface Ziggurat {
  /** Abscissa of each layer; of the base, its width. */
  readonly x: Float64Array;
  /** Share of each layer that lies under the density whatever the height. */
  readonly within: Float64Array;
  /** Density at each abscissa. */
  readonly density: Float64Array;
}

function ziggurat(layers: readonly number[], densityAt: (x: number) => number): Ziggurat {
  const x = Float64Array.from(layers);
  const last = x[255] ?? 0;
  const within = x.map((width, at) => (at === 0 ? last : at === 1 ? 0 : (x[at - 1] ?? 0)) / width);
  return { x, within, density: x.map((place, at) => (at === 0 ? 1 : densityAt(place))) };
}

const normal = ziggurat(normalLayers, (x) => exponentialOf(-0.5 * x * x));
const exponential = ziggurat(exponentialLayers, (x) => exponentialOf(-x));

/**
 * Returns a draw of the standard normal distribution: `random_standard_normal` of `numpy/random/src/distributions/distributions.c`, by the
 * ziggurat of Marsaglia and Tsang 2000.
 */
export function standardNormal(bits: Pcg64): number {
  const { x: abscissae, within, density } = normal;
  const last = abscissae[255] as number;
  for (;;) {
    const drawn = bits.nextUint64();
    const layer = Number(drawn & 0xffn);
    const isNegative = ((drawn >> 8n) & 1n) === 1n;
    const place = Number((drawn >> 9n) & 0xfffffffffffffn);
    const share = place * 2 ** -52;
    const size = share * (abscissae[layer] as number);
    if (share < (within[layer] as number)) return isNegative ? -size : size;
    if (layer === 0) {
      // Beyond the last layer: Marsaglia 1964.
      const isTailNegative = ((drawn >> 17n) & 1n) === 1n;
      for (;;) {
        const beyond = -logarithmOf1Plus(-bits.nextDouble()) * (1 / last);
        const height = -logarithmOf1Plus(-bits.nextDouble());
        if (height + height > beyond * beyond) {
          return isTailNegative ? -(last + beyond) : last + beyond;
        }
      }
    }
    const [above, below] = [density[layer - 1] as number, density[layer] as number];
    if ((above - below) * bits.nextDouble() + below < exponentialOf(-0.5 * size * size)) {
      return isNegative ? -size : size;
    }
  }
}

/** Returns a draw of the standard exponential distribution: `random_standard_exponential` of the same file. */
export function standardExponential(bits: Pcg64): number {
  const { x: abscissae, within, density } = exponential;
  for (;;) {
    const drawn = bits.nextUint64() >> 3n;
    const layer = Number(drawn & 0xffn);
    const share = Number(drawn >> 8n) * 2 ** -53;
    const size = share * (abscissae[layer] as number);
    if (share < (within[layer] as number)) return size;
    if (layer === 0) return (abscissae[255] as number) - logarithmOf1Plus(-bits.nextDouble());
    const [above, below] = [density[layer - 1] as number, density[layer] as number];
    if ((above - below) * bits.nextDouble() + below < exponentialOf(-size)) return size;
  }
}
