import type { NodeOf, ScanAttributes } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../index.ts';
import {
  add,
  cast,
  gradient,
  matmul,
  mul,
  randomBernoulli,
  reduceSum,
  scan,
  square,
  stopGradient,
  tanh,
  tensor,
  traceProgram,
  valueAndGradient,
} from '../index.ts';
import { removeDeadCode } from '../passes/dead-code.ts';
import { simplify } from '../passes/simplify.ts';
import { nodesThroughBodies } from '../program/map-bodies.ts';

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

  /** Loops of the gradient of a recurrent layer with respect to its weights, the forward one first. */
  function recurrent(options: { readonly checkpoint?: boolean } = {}): readonly NodeOf<'scan'>[] {
    const types = {
      x: tensor('float32', ['time', 'batch', 3]),
      h: tensor('float32', ['batch', 4]),
      u: tensor('float32', [4, 4]),
      w: tensor('float32', [3, 4]),
    };
    const program = traceProgram('model', types, ({ x, h, u, w }) =>
      gradient((p: { readonly u: Tensor; readonly w: Tensor }) => {
        const { carried } = scan(
          (state: Tensor, row: Tensor) => kept(tanh(add(matmul(row, p.w), matmul(state, p.u)))),
          { carried: h, stacked: x, ...options },
        );
        return reduceSum(carried);
      })({ u, w }),
    );
    return removeDeadCode(simplify(program)).nodes.filter((node) => node.operator === 'scan');
  }

  const operatorsOf = ({ attributes }: NodeOf<'scan'>): readonly string[] =>
    attributes.body.nodes.map(({ operator }) => operator);

  it('run a loop the other way, and leave products with weights to the program around', () => {
    const [forward, backward, ...others] = recurrent();
    if (forward === undefined || backward === undefined) throw new RangeError('two loops');
    expect(others).toEqual([]);
    expect([forward, backward].map(({ attributes }) => attributes.reverse)).toEqual([false, true]);
    expect(operatorsOf(forward)).toEqual(['matmul', 'matmul', 'add', 'tanh']);
    // one product, of the state's gradient: those of both weights are made of what is stacked, and what does not vary is invariant
    expect(operatorsOf(backward).filter((operator) => operator === 'matmul')).toHaveLength(1);
    expect(operatorsOf(backward)).not.toContain('transpose');
    expect(backward.attributes.carried).toBe(1);
  });

  it('keep results of iterations, or with checkpoint the carried values alone', () => {
    const stackedBy = ([forward]: readonly NodeOf<'scan'>[]): readonly string[] => {
      if (forward === undefined) throw new RangeError('no scan');
      const { body, carried } = forward.attributes;
      return body.outputs.slice(carried).map(({ value }) => {
        const maker = body.nodes.find(({ outputs }) => outputs.includes(value));
        return maker?.operator ?? 'input';
      });
    };
    expect(stackedBy(recurrent())).toEqual(['input', 'tanh']);
    const again = recurrent({ checkpoint: true });
    expect(stackedBy(again)).toEqual(['input']);
    expect(again.map((node) => operatorsOf(node).includes('tanh'))).toEqual([true, true]);
  });

  it('keep random draws, which must not be made twice, with checkpoint too', () => {
    const program = trace(({ x, w }) => ({
      y: gradient((p: Tensor) => {
        const { carried } = scan(
          (state: Tensor, row: Tensor) => {
            const mask = cast(randomBernoulli([3], { probability: 0.5 }), 'float32');
            return kept(mul(mul(state, row), mask));
          },
          { carried: p, stacked: x, checkpoint: true },
        );
        return reduceSum(carried);
      })(w),
    }));
    const draws = nodesThroughBodies(removeDeadCode(simplify(program))).filter(
      ({ node }) => node.operator === 'randomBernoulli',
    );
    expect(draws).toHaveLength(1);
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
