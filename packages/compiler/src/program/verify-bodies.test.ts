import type { NodeV1, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { loopProgram } from '../../test/sample-programs.ts';
import { add, mapBodies, scan, tensor, traceProgram } from '../index.ts';
import { verifyProgram } from './verify.ts';

describe('bodies', () => {
  const loop = loopProgram();
  const withBody = (change: (body: ProgramV1) => unknown): ProgramV1 =>
    mapBodies(loop, (body) => change(body) as ProgramV1);
  const inner = (body: ProgramV1, change: object): ProgramV1 =>
    mapBodies(body, (deepest) => ({ ...deepest, ...change }));

  it('are verified with the program', () => {
    verifyProgram(loop);
    verifyProgram(withBody((body) => body));
  });

  it.each<[string, ProgramV1, string, string]>([
    [
      'no body',
      withBody(() => undefined),
      'PROGRAM_INVALID',
      'program "loop": epoch › scan has no body, got undefined.',
    ],
    [
      'null',
      withBody(() => null),
      'PROGRAM_INVALID',
      'program "loop": epoch › scan has no body, got null.',
    ],
    [
      'a body without values',
      withBody((body) => ({ ...body, values: undefined })),
      'PROGRAM_INVALID',
      'program "loop": epoch › scan has a malformed body.',
    ],
    [
      'another version',
      withBody((body) => ({ ...body, specificationVersion: 'v2' })),
      'VERSION_PROGRAM',
      'epoch › scan: program "scan": the specification version is not known, got "v2".\nExpected "v1".\nFix: update the @etalon packages to a version that reads it.',
    ],
    [
      'a fault two loops deep',
      withBody((body) => inner(body, { name: 5 })),
      'PROGRAM_INVALID',
      'epoch › scan: program "5": the program has no name, got 5.',
    ],
    [
      'an unknown operator',
      withBody((body) => ({
        ...body,
        nodes: body.nodes.map((each) => ({ ...each, operator: 'mish' })),
      })),
      'OPERATOR_UNKNOWN',
      'epoch › scan: epoch › gather: there is no operator "mish" in specification version v1.\nFix: update @etalon packages to a version that has it.',
    ],
    [
      'a result too few',
      {
        ...loop,
        values: loop.values.slice(0, 5),
        outputs: loop.outputs.slice(0, 2),
        nodes: loop.nodes.map((each) => ({ ...each, outputs: each.outputs.slice(0, 2) })),
      },
      'PROGRAM_INVALID',
      'program "loop": epoch › scan has 3 results, got 2.',
    ],
    [
      'a result of the wrong type',
      { ...loop, values: loop.values.with(3, { dtype: 'float32', shape: [4] }) },
      'PROGRAM_INVALID',
      'program "loop": epoch › scan has the wrong type, got float32[4] where the operator gives float32[3].',
    ],
  ])('with %s are refused', (_, program, code, message) => {
    expect(caught(() => verifyProgram(program))).toMatchObject({ code, message });
  });

  it('have no sizes of their own', () => {
    const traced = traceProgram('model', { x: tensor('float32', ['n', 2]) }, ({ x }) =>
      scan((a: typeof x) => ({ carried: add(a, 1), stacked: {} }), { carried: x, length: 'n' }),
    );
    const attributes = { ...traced.nodes[0]?.attributes, length: 'steps' };
    const nodes = [{ ...traced.nodes[0], attributes } as NodeV1];
    expect(caught(() => verifyProgram({ ...traced, nodes }))).toMatchObject({
      code: 'PROGRAM_UNBOUND_SIZE',
      message:
        'program "model" › scan: size "steps" is not an axis of any input, got bound sizes ["n"].\nFix: give some input an axis of exactly this name.',
    });
  });

  it('are refused when they are nested without end', () => {
    const nest = (depth: number): ((x: Parameters<typeof add>[0]) => ReturnType<typeof add>) =>
      depth === 0
        ? (x) => add(x, 1)
        : (x) =>
            scan((a: ReturnType<typeof add>) => ({ carried: nest(depth - 1)(a), stacked: {} }), {
              carried: x as ReturnType<typeof add>,
              length: 1,
            }).carried;
    const traced = (depth: number) =>
      traceProgram('model', { x: tensor('float32', []) }, ({ x }) => ({ y: nest(depth)(x) }));
    traced(32);
    expect(caught(() => traced(33))).toMatchObject({
      code: 'PROGRAM_INVALID',
      message: expect.stringContaining('bodies are nested too deep, got more than 32'),
    });
  });
});
