// e^x and ln(1 + x) as fdlibm computes them (Sun Microsystems 1993, `e_exp.c`, `s_log1p.c`), so that they have the same bits in every engine.

import { exponentOf } from './words.ts';

// ln 2 in two parts: the upper has 32 bits, so that its products with exponents are exact.
const [ln2High, ln2Low] = [0.6931471803691238, 1.9082149292705877e-10];

const [p1, p2, p3, p4, p5] = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
];

const [l1, l2, l3, l4, l5, l6, l7] = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784,
  0.1818357216161805, 0.15313837699209373, 0.14798198605116586,
];

/** Returns e to a power, from -700 to 700. */
export function exponential(power: number): number {
  const size = Math.abs(power);
  if (size < 2 ** -28) return 1 + power;
  let [high, low, twos] = [power, 0, 0];
  if (size > 0.5 * Math.LN2) {
    twos =
      size < 1.5 * Math.LN2
        ? Math.sign(power)
        : Math.trunc(power / Math.LN2 + 0.5 * Math.sign(power));
    high = power - twos * ln2High;
    low = twos * ln2Low;
  }
  const x = high - low;
  const t = x * x;
  const c = x - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  if (twos === 0) return 1 - ((x * c) / (c - 2) - x);
  return (1 - (low - (x * c) / (2 - c) - high)) * 2 ** twos;
}

/** Returns the natural logarithm of 1 plus a number above -1. */
export function logarithmOf1Plus(number: number): number {
  const size = Math.abs(number);
  if (size < 2 ** -29) return size < 2 ** -54 ? number : number - number * number * 0.5;
  let [twos, f, correction] = [0, number, 0];
  if (number <= -0.2928932188134524 || number >= 0.41421356237309503) {
    const sum = 1 + number;
    twos = exponentOf(sum);
    // What 1 + number lost in rounding.
    correction = (twos > 0 ? 1 - (sum - number) : number - (sum - 1)) / sum;
    let scaled = sum / 2 ** twos;
    if (scaled > Math.SQRT2) {
      scaled /= 2;
      twos += 1;
    }
    f = scaled - 1;
  }
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const r = z * (l1 + z * (l2 + z * (l3 + z * (l4 + z * (l5 + z * (l6 + z * l7))))));
  if (twos === 0) return f - (half - s * (half + r));
  return twos * ln2High - (half - (s * (half + r) + (twos * ln2Low + correction)) - f);
}
