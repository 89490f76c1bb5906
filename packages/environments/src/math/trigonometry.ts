// Sine and cosine as fdlibm computes them (Sun Microsystems 1993, `k_sin.c`, `k_cos.c`, `e_rem_pio2.c`): the polynomials on ±π/4, and a
// reduction by π/2 in three parts. ECMAScript leaves the bits of Math.sin to the engine; these are the same in all of them, and those of V8.

import { exponentOf, upperWord } from './words.ts';

const [s1, s2, s3, s4, s5, s6] = [
  -0.16666666666666632, 0.00833333333332249, -1.984126982985795e-4, 2.7557313707070068e-6,
  -2.5050760253406863e-8, 1.58969099521155e-10,
];
const [c1, c2, c3, c4, c5, c6] = [
  0.0416666666666666, -0.001388888888887411, 2.480158728947673e-5, -2.7557314351390663e-7,
  2.087572321298175e-9, -1.1359647557788195e-11,
];

const twoOverPi = 0.6366197723675814;
// π/2 in parts of 33 bits, each with what it leaves of π/2.
const [part1, rest1] = [1.5707963267341256, 6.077100506506192e-11];
const [part2, rest2] = [6.077100506303966e-11, 2.0222662487959506e-21];
const [part3, rest3] = [2.0222662487111665e-21, 8.4784276603689e-32];

/** From here on, quotients by π/2 are too large for three parts. */
const largest = 1647100;
// Where the cases part: fdlibm compares upper words only, so these are π/4, 0.3 and 0.78125 but for their lower words.
const [quarter, small, large] = [0.7853984832763672, 0.2999999523162842, 0.7812504768371582];

// The remainder as a head and a tail, and the quadrant; kept outside the functions, which are called tens of millions of times a second.
let head = 0;
let tail = 0;

/** Returns the quadrant of an angle and leaves the remainder in `head` and `tail`. */
function reduce(angle: number): number {
  const size = Math.abs(angle);
  const quotient = Math.floor(size * twoOverPi + 0.5);
  let first = size - quotient * part1;
  let left = quotient * rest1;
  head = first - left;
  // Where leading bits cancelled, the next part of π/2 makes up for them. The first comparison only spares most angles the second.
  if (Math.abs(head) < size * 2 ** -16 && exponentOf(size) - exponentOf(head) > 16) {
    const before = first;
    left = quotient * part2;
    first = before - left;
    left = quotient * rest2 - (before - first - left);
    head = first - left;
    if (exponentOf(size) - exponentOf(head) > 49) {
      const earlier = first;
      left = quotient * part3;
      first = earlier - left;
      left = quotient * rest3 - (earlier - first - left);
      head = first - left;
    }
  }
  tail = first - head - left;
  if (angle >= 0) return quotient & 3;
  head = -head;
  tail = -tail;
  return -quotient & 3;
}

function sineOnQuarter(x: number, y: number): number {
  const z = x * x;
  const v = z * x;
  const r = s2 + z * (s3 + z * (s4 + z * (s5 + z * s6)));
  return x - (z * (0.5 * y - v * r) - y - v * s1);
}

function cosineOnQuarter(x: number, y: number): number {
  const size = Math.abs(x);
  const z = x * x;
  const r = z * (c1 + z * (c2 + z * (c3 + z * (c4 + z * (c5 + z * c6)))));
  if (size < small) return 1 - (0.5 * z - (z * r - x * y));
  const q = size >= large ? 0.28125 : upperWord(size / 4);
  const h = 0.5 * z - q;
  return 1 - q - (h - (z * r - x * y));
}

/** Returns the sine of an angle in radians, the same bits in every engine; of 2^20 · π/2 and more, what `Math.sin` returns. */
export function sine(angle: number): number {
  if (Math.abs(angle) < quarter) {
    if (Math.abs(angle) < 2 ** -26) return angle;
    const z = angle * angle;
    const v = z * angle;
    return angle + v * (s1 + z * (s2 + z * (s3 + z * (s4 + z * (s5 + z * s6)))));
  }
  if (!(Math.abs(angle) < largest)) return Math.sin(angle);
  const quadrant = reduce(angle);
  const result = (quadrant & 1) === 0 ? sineOnQuarter(head, tail) : cosineOnQuarter(head, tail);
  return quadrant > 1 ? -result : result;
}

/** Returns the cosine of an angle in radians, the same bits in every engine; of 2^20 · π/2 and more, what `Math.cos` returns. */
export function cosine(angle: number): number {
  if (Math.abs(angle) < quarter) {
    return Math.abs(angle) < 2 ** -27 ? 1 : cosineOnQuarter(angle, 0);
  }
  if (!(Math.abs(angle) < largest)) return Math.cos(angle);
  const quadrant = reduce(angle);
  const result = (quadrant & 1) === 0 ? cosineOnQuarter(head, tail) : sineOnQuarter(head, tail);
  return quadrant === 1 || quadrant === 2 ? -result : result;
}
