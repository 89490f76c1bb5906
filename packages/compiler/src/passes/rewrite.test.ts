import type { ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { denseProgram, oddProgram } from '../../test/sample-programs.ts';
import {
  add,
  hashProgram,
  mul,
  nameScope,
  neg,
  tensor,
  traceProgram,
  verifyProgram,
} from '../index.ts';
import { rewriteProgram } from './rewrite.ts';

const copy = (program: ProgramV1): ProgramV1 =>
  rewriteProgram(program, { visit: (visit) => visit.copy() });

describe(rewriteProgram, () => {
  it('copies a program', () => {
    for (const program of [denseProgram(), oddProgram()]) {
      const copied = copy(program);
      verifyProgram(copied);
      expect(copied.nodes.map(({ path }) => path)).toEqual(program.nodes.map(({ path }) => path));
      expect(copied.outputs.map(({ name }) => name)).toEqual(
        program.outputs.map(({ name }) => name),
      );
      expect(hashProgram(copy(copied))).toBe(hashProgram(copied));
    }
  });

  it('puts new nodes under the path of the one they replace', () => {
    const program = traceProgram('model', { x: tensor('float32', [2]) }, ({ x }) => ({
      y: nameScope('layer', () => neg(x)),
    }));
    const rewritten = rewriteProgram(program, {
      visit: ({ inputs: [x], copy: keep }) => (x === undefined ? keep() : mul(add(x, 0), -1)),
    });
    verifyProgram(rewritten);
    expect(rewritten.nodes.map(({ path }) => path)).toEqual([
      'layer › neg › add',
      'layer › neg › mul',
    ]);
  });

  it('applies type rules to changed inputs', () => {
    const program = traceProgram(
      'model',
      { x: tensor('float32', ['n']), y: tensor('float32', ['n']) },
      ({ x, y }) => ({ z: nameScope('layer', () => add(x, y)) }),
    );
    expect(
      caught(() =>
        rewriteProgram(program, {
          visit: (visit) => visit.copy(),
          inputType: (name, type) => ({ ...type, shape: [name === 'x' ? 2 : 3] }),
        }),
      ),
    ).toMatchObject({
      code: 'SHAPE_BROADCAST',
      message:
        'layer › add: shapes do not broadcast, got float32[2] and float32[3].\nExpected sizes that are equal or 1, aligned at the last axis.',
    });
  });

  it('tells a broken program as a bug', () => {
    const program = denseProgram();
    const nodes = program.nodes.toReversed();
    expect(caught(() => copy({ ...program, nodes }))).toMatchObject({
      name: 'InternalError',
      code: 'INTERNAL_VALUE',
    });
  });
});
