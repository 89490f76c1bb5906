import type { ScanAttributes } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import type { Tensor } from '../index.ts';
import {
  add,
  filled,
  gradient,
  mul,
  reduceSum,
  scan,
  square,
  stopGradient,
  tensor,
  traceProgram,
  valueAndGradient,
} from '../index.ts';

const inputs = { x: tensor('float32', ['time', 3]), w: tensor('float32', [3]) };
type Symbols = { readonly [K in keyof typeof inputs]: Tensor };

const trace = (body: (symbols: Symbols) => Readonly<Record<string, unknown>>) =>
  traceProgram('model', inputs, body);

/** Attributes of the first loop of a program. */
function loopOf(body: (symbols: Symbols) => Readonly<Record<string, unknown>>): ScanAttributes {
  const node = trace(body).nodes.find(({ operator }) => operator === 'scan');
  if (node?.operator !== 'scan') throw new RangeError('no scan');
  return node.attributes;
}

const kept = (carried: Tensor) => ({ carried, stacked: {} });

describe('gradients and loops', () => {
  const loss = (w: Tensor): Tensor => reduceSum(square(w));

  it('work inside a body, with respect to carried values and to tensors around it', () => {
    const program = trace(({ x, w }) => {
      const { carried } = scan(
        (state: Tensor, row: Tensor) => {
          const own = gradient(loss)(add(state, row));
          const { gradients } = valueAndGradient((p: Tensor) => loss(mul(p, row)))(w);
          return kept(add(own, gradients));
        },
        { carried: w, stacked: x },
      );
      return { carried };
    });
    expect(program.nodes.map(({ operator }) => operator)).toEqual(['scan']);
    const paths = loopOf(({ w }) =>
      scan((state: Tensor) => kept(gradient(loss)(state)), { carried: w, length: 1 }),
    ).body.nodes.map(({ path }) => path);
    expect(paths.some((path) => path.includes('gradient'))).toBe(true);
  });

  it('are refused through a loop', () => {
    const through = (start: (w: Tensor) => Tensor, captured: (w: Tensor) => Tensor) =>
      caught(() =>
        trace(({ x, w }) => ({
          y: gradient((p: Tensor) => {
            const last = scan((a: Tensor, row: Tensor) => kept(mul(add(a, row), captured(p))), {
              carried: start(p),
              stacked: x,
            });
            return reduceSum(last.carried);
          })(w),
        })),
      );
    const zero = (w: Tensor) => filled(w, 0);
    const refusal = {
      name: 'GradientError',
      code: 'GRADIENT_MISSING',
      message:
        'scan: no gradient flows through "scan" yet, got a loss that depends on its results.\nFix: put the loss and its gradient inside the function that is repeated, or repeat in TypeScript.',
    };
    expect(through((w) => w, zero)).toMatchObject(refusal);
    expect(through(zero, (w) => w)).toMatchObject(refusal);
  });

  it('pass by a loop that depends on nothing that is differentiated', () => {
    const program = trace(({ x, w }) => ({
      y: gradient((p: Tensor) => {
        const { carried } = scan((a: Tensor, row: Tensor) => kept(add(a, row)), {
          carried: stopGradient(p),
          stacked: x,
        });
        return reduceSum(mul(p, carried));
      })(w),
    }));
    expect(program.nodes.map(({ operator }) => operator)).toContain('scan');
  });
});
