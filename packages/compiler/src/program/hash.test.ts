import type { NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { denseProgram, loopProgram, oddProgram } from '../../test/sample-programs.ts';
import { nameScope, pad, sub, tensor, traceProgram } from '../index.ts';
import { attributesKey, hashProgram, stableJson } from './hash.ts';
import { mapBodies } from './map-bodies.ts';
import { verifyProgram } from './verify.ts';

/** The same program with its values numbered backwards. */
function renumbered(program: ProgramV1): ProgramV1 {
  const last = program.values.length - 1;
  const flip = (id: ValueId): ValueId => last - id;
  return {
    ...program,
    values: program.values.toReversed(),
    inputs: program.inputs.map((input) => ({ ...input, value: flip(input.value) })),
    constants: program.constants.map((item) => ({ ...item, value: flip(item.value) })),
    nodes: program.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(flip),
      outputs: node.outputs.map(flip),
    })),
    outputs: program.outputs.map((output) => ({ ...output, value: flip(output.value) })),
  };
}

function replaceNode(program: ProgramV1, operator: string, change: object): ProgramV1 {
  const nodes = program.nodes.map((node) =>
    node.operator === operator ? ({ ...node, ...change } as NodeV1) : node,
  );
  return { ...program, nodes };
}

const program = denseProgram();
const hash = hashProgram(program);

describe(hashProgram, () => {
  it('is stable', () => {
    // Caches may outlive a process: another hash makes them useless.
    expect(hash).toBe('4f4a196a344ee93a');
    expect(hashProgram(denseProgram())).toBe(hash);
  });

  it('does not depend on the name, on paths or on the order of attributes', () => {
    expect(hashProgram(denseProgram('another'))).toBe(hash);
    const nodes = program.nodes.map((node) => ({ ...node, path: 'moved' }));
    expect(hashProgram({ ...program, nodes })).toBe(hash);
    const attributes = { keepDims: false, axes: [0] };
    expect(hashProgram(replaceNode(program, 'reduceMean', { attributes }))).toBe(hash);
  });

  it('does not depend on value numbers', () => {
    for (const each of [program, oddProgram()]) {
      const other = renumbered(each);
      verifyProgram(other);
      expect(hashProgram(other)).toBe(hashProgram(each));
    }
  });

  it.each<[string, ProgramV1]>([
    [
      'an attribute',
      replaceNode(program, 'reduceMean', { attributes: { axes: [0], keepDims: true } }),
    ],
    ['an operator', replaceNode(program, 'relu', { operator: 'tanh' })],
    ['the wiring', replaceNode(program, 'where', { inputs: [7, 5, 8] })],
    ['the order of operands', replaceNode(program, 'matmul', { inputs: [1, 3] })],
    [
      "a constant's data",
      {
        ...program,
        constants: program.constants.map((item) =>
          item.tensor.dtype === 'float32' && item.tensor.data.length === 3
            ? { ...item, tensor: { ...item.tensor, data: Float32Array.of(0.5, -0.5, -0) } }
            : item,
        ),
      },
    ],
    [
      'a type',
      {
        ...program,
        values: program.values.map((type, id) =>
          id === 0 ? { ...type, shape: ['n', 2, 2] } : type,
        ),
      },
    ],
    [
      "an input's name",
      { ...program, inputs: program.inputs.map((input) => ({ ...input, name: `${input.name}_` })) },
    ],
    [
      "an output's name",
      {
        ...program,
        outputs: program.outputs.map((output) => ({ ...output, name: `${output.name}_` })),
      },
    ],
    ['the number of outputs', { ...program, outputs: program.outputs.slice(1) }],
  ])('depends on %s', (_, changed) => {
    expect(hashProgram(changed)).not.toBe(hash);
  });

  it('tells the operands of a subtraction and -0 from 0', () => {
    const inputs = { x: tensor('float32', [2]), y: tensor('float32', [2]) };
    const hashes = [
      traceProgram('a', inputs, ({ x, y }) => ({ z: sub(x, y) })),
      traceProgram('b', inputs, ({ x, y }) => ({ z: sub(y, x) })),
      ...[0, -0, Number.NaN].map((value) =>
        traceProgram('c', inputs, ({ x }) => ({ z: pad(x, { before: [1], after: [0], value }) })),
      ),
      traceProgram('d', inputs, ({ x }) => ({ z: sub(x, 0) })),
      traceProgram('e', inputs, ({ x }) => ({ z: sub(x, -0) })),
    ].map(hashProgram);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is the same for the same computation under other scopes', () => {
    const inputs = { x: tensor('float32', ['n']) };
    const scoped = traceProgram('a', inputs, ({ x }) => ({
      z: nameScope('layer', () => sub(x, 1)),
    }));
    const plain = traceProgram('b', inputs, ({ x }) => ({ z: sub(x, 1) }));
    expect(hashProgram(scoped)).toBe(hashProgram(plain));
  });
});

describe(stableJson, () => {
  it('sorts keys and keeps what JSON loses', () => {
    expect(stableJson({ b: [1, -0], a: { d: Number.NaN, c: 'x"' }, e: undefined, f: true })).toBe(
      '{a:{c:"x\\"",d:NaN},b:[1,-0],e:undefined,f:true}',
    );
  });
});

describe('bodies', () => {
  const loop = loopProgram();

  it('count by what they compute, not by name or numbers', () => {
    expect(hashProgram(loopProgram())).toBe(hashProgram(loop));
    const other = mapBodies(loop, (body) => ({ ...renumbered(body), name: 'other' }));
    expect(hashProgram(other)).toBe(hashProgram(loop));
  });

  it('tell programs apart, also by a constant two loops deep', () => {
    expect(hashProgram(loopProgram(0.25))).not.toBe(hashProgram(loop));
    const [node] = loop.nodes;
    const reversed = replaceNode(loop, 'scan', {
      attributes: { ...node?.attributes, reverse: true },
    });
    expect(hashProgram(reversed)).not.toBe(hashProgram(loop));
  });

  it('are told from attributes that only look like programs', () => {
    const odd = replaceNode(program, 'relu', {
      attributes: { body: { specificationVersion: 'v1' } },
    });
    expect(hashProgram(odd)).not.toBe(hash);
    const relu = odd.nodes.find(({ operator }) => operator === 'relu');
    expect(relu && attributesKey(relu)).toBe('{body:{specificationVersion:"v1"}}');
  });
});
