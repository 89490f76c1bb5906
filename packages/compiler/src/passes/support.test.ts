import type { NodeV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../../test/manifests.ts';
import type { Tensor } from '../index.ts';
import {
  add,
  cast,
  constant,
  dimensionSize,
  lackOfNode,
  lackOfSupport,
  reduceSum,
  relu,
  scan,
  sqrt,
  tensor,
  traceProgram,
  where,
} from '../index.ts';

const inputs = {
  x: tensor('float32', ['n', 2, 2]),
  k: tensor('int32', ['n', 2, 2]),
  flag: tensor('bool', []),
};
const program = traceProgram('model', inputs, ({ x, k, flag }) => ({
  relu: relu(x),
  sum: reduceSum(x, { axes: [0, 1] }),
  where: where(flag, k, 0),
  cast: cast(k, 'float32'),
  size: dimensionSize('n'),
  constant: constant(1),
}));

function nodeOf(operator: string): NodeV1 {
  const node = program.nodes.find((each) => each.operator === operator);
  if (node === undefined) throw new RangeError(`no node ${operator}`);
  return node;
}

const float = { dtypes: ['float32'], maximumRank: 4, nonFinite: true } as const;
const int = { ...float, dtypes: ['int32'] } as const;

describe(lackOfSupport, () => {
  it('finds nothing lacking where operator, dtype, rank and attributes are declared', () => {
    const limits = [
      { attribute: 'axes', oneOf: [[0], [0, 1]] },
      { attribute: 'keepDims', oneOf: [false] },
    ] as const;
    const manifest = manifestOf({ relu: float, reduceSum: { ...float, limits } });
    expect(lackOfSupport(manifest, program, nodeOf('relu'))).toBeUndefined();
    expect(lackOfSupport(manifest, program, nodeOf('reduceSum'))).toBeUndefined();
  });

  it("speaks of the data operand's dtype", () => {
    const declared = manifestOf({ where: int, cast: int, dimensionSize: int });
    for (const operator of ['where', 'cast', 'dimensionSize']) {
      expect(lackOfSupport(declared, program, nodeOf(operator))).toBeUndefined();
    }
    expect(lackOfSupport(manifestOf({ where: float }), program, nodeOf('where'))).toBe(
      'dtype int32 of "where" is not declared (declared: float32)',
    );
    expect(
      lackOfSupport(manifestOf({ dimensionSize: float }), program, nodeOf('dimensionSize')),
    ).toBe('dtype int32 of "dimensionSize" is not declared (declared: float32)');
  });

  it('says what is lacking', () => {
    expect(lackOfSupport(manifestOf({}), program, nodeOf('relu'))).toBe(
      'operator "relu" is not declared',
    );
    expect(
      lackOfSupport(manifestOf({ relu: { ...float, maximumRank: 2 } }), program, nodeOf('relu')),
    ).toBe('rank 3 of "relu" is above the declared maximum of 2');
    const limits = [{ attribute: 'axes', oneOf: [[0]] }] as const;
    expect(
      lackOfSupport(manifestOf({ reduceSum: { ...float, limits } }), program, nodeOf('reduceSum')),
    ).toBe('axes [0,1] of "reduceSum" is outside the declared limit');
  });

  it('looks into bodies, and into those in them', () => {
    const loop = (step: (total: Tensor) => Tensor) => (x: Tensor) =>
      scan((total: Tensor) => ({ carried: step(total), stacked: {} }), { carried: x, length: 3 })
        .carried;
    const nested = traceProgram('nested', { x: tensor('float32', [2]) }, ({ x }) => ({
      y: loop(loop((total) => add(total, sqrt(total))))(x),
    }));
    const [scanned] = nested.nodes;
    if (scanned === undefined) throw new RangeError('no node');
    expect(lackOfSupport(manifestOf({ scan: float, add: float }), nested, scanned)).toBe(
      'operator "sqrt" is not declared',
    );
    const flat = { ...float, maximumRank: 0 };
    expect(
      lackOfSupport(manifestOf({ scan: float, add: float, sqrt: flat }), nested, scanned),
    ).toBe('rank 1 of "sqrt" is above the declared maximum of 0');
    const all = manifestOf({ scan: float, add: float, sqrt: float });
    expect(lackOfSupport(all, nested, scanned)).toBeUndefined();
    expect(lackOfNode(manifestOf({ scan: float }), nested, scanned)).toBeUndefined();
  });
});
