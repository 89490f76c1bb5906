import type { BackendV1, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../test/caught.ts';
import { createFakeBackend } from '../../test/fake-backend.ts';
import { preparedOn, layerProgram as program } from '../../test/prepared-program.ts';
import { denseProgram } from '../../test/sample-programs.ts';
import { mul, prepare, tensor, traceProgram } from '../index.ts';

describe(prepare, () => {
  it('compiles the program for the backend, draws as inputs', async () => {
    const { fake, prepared } = await preparedOn(denseProgram(), createFakeBackend('reduceMean'));
    expect(fake.executables).toHaveLength(1);
    expect(fake.executables[0]?.program).toBe(prepared.program);
    expect(prepared.program.inputs.map(({ name }) => name)).toEqual([
      'x',
      'parameters/kernel',
      'random/dropout_1 › bernoulli',
    ]);
    expect(prepared.program.nodes.map(({ operator }) => operator)).toEqual([
      'reshape',
      'matmul',
      'add',
      'relu',
      'where',
      'reduceSum',
      'dimensionSize',
      'cast',
      'div',
    ]);
    expect((await prepared.placement()).map(({ path }) => path).at(-1)).toBe('reduceMean › div');
  });

  it('refuses a backend of another version', async () => {
    const { backend } = createFakeBackend();
    const other = { ...backend, specificationVersion: 'v2' } as unknown as BackendV1;
    expect(await rejection(prepare(program, other))).toMatchObject({
      name: 'SpecificationVersionError',
      code: 'VERSION_BACKEND',
      message:
        'backend "fake" implements specification "v2"; this copy of @etalon/compiler reads "v1".\nFix: install matching versions of the @etalon packages.',
    });
  });

  it('refuses a program of another version, or a broken one, before anything else', async () => {
    const { backend } = createFakeBackend();
    const newer = { ...program, specificationVersion: 'v2' } as unknown as ProgramV1;
    expect(await rejection(prepare(newer, backend))).toMatchObject({ code: 'VERSION_PROGRAM' });
    const nodes = [{ ...program.nodes[0], operator: 'mish' } as never];
    expect(await rejection(prepare({ ...program, nodes }, backend))).toMatchObject({
      code: 'OPERATOR_UNKNOWN',
    });
  });

  it('refuses an operator that the backend lacks', async () => {
    const fake = createFakeBackend('matmul');
    expect(await rejection(prepare(program, fake.backend))).toMatchObject({
      name: 'UnsupportedOperatorError',
      code: 'OPERATOR_UNSUPPORTED',
      message:
        'dense › matmul: backend "fake" cannot run it, operator "matmul" is not declared.\nFix: choose another backend, or build the model without this operator.',
    });
    expect(fake.executables).toHaveLength(0);
  });

  it('passes aliases on', async () => {
    const fake = createFakeBackend();
    await prepare(program, fake.backend, { aliases: { state: 'state' } });
    expect(fake.executables[0]?.options).toEqual({ aliases: { state: 'state' } });
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'of an unknown output',
      { stat: 'state' },
      'ALIAS_UNKNOWN',
      'model › alias of output "stat": there is no such output, got "stat".\nExpected one of ["hidden","hot","state"].',
    ],
    [
      'of an unknown input',
      { state: 'weights' },
      'ALIAS_UNKNOWN',
      'model › alias of output "state": there is no such input, got "weights".\nExpected one of ["x","label","state"].',
    ],
    [
      'of two types',
      { hidden: 'state' },
      'ALIAS_TYPE',
      'model › alias of output "hidden": both must have one type, got float32[batch, 4] for input "state" of float32[3, 4].',
    ],
  ])('refuses an alias %s', async (_, aliases, code, message) => {
    const { backend } = createFakeBackend();
    expect(await rejection(prepare(program, backend, { aliases }))).toMatchObject({
      name: 'AttributeError',
      code,
      message,
    });
  });

  it('refuses one input for two outputs', async () => {
    const twice = traceProgram('model', { s: tensor('float32', [2]) }, ({ s }) => ({
      a: mul(s, 2),
      b: mul(s, 3),
    }));
    const { backend } = createFakeBackend();
    expect(await rejection(prepare(twice, backend, { aliases: { a: 's', b: 's' } }))).toMatchObject(
      {
        code: 'ALIAS_REPEATED',
        message:
          'model › alias of output "b": an input is consumed by one output, got input "s", which output "a" consumes.',
      },
    );
  });
});
