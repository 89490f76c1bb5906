import { prepare, removeDeadCode, tensor } from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomPrograms } from '../../../compiler/test/random-program.ts';
import { evaluateProgram } from '../../src/index.ts';
import { toHostTensor } from '../../src/tensor.ts';
import { randomNumbers } from '../random.ts';
import { createGuardedBackend, readAll } from './guarded-backend.ts';
import { operatorCases, traceCase } from './operator-cases.ts';

/** Names that the inputs of a program bind. */
function namesOf({ inputs, values }: ProgramV1): readonly string[] {
  const shapes = inputs.flatMap(({ value }) => values[value]?.shape ?? []);
  return [...new Set(shapes.filter((size) => typeof size === 'string'))];
}

function inputsFor(program: ProgramV1, sizes: Readonly<Record<string, number>>) {
  const next = randomNumbers(7);
  return Object.fromEntries(
    program.inputs.map(({ name, value }): [string, HostTensor] => {
      const { dtype, shape: declared } = program.values[value] ?? { dtype: 'float32', shape: [] };
      const shape = declared.map((size) =>
        typeof size === 'string' ? (sizes[size] ?? 1) : Number(size),
      );
      const length = shape.reduce((product, size) => product * size, 1);
      // integers and bools are 0, an index that is in range wherever there is one
      const data = Float64Array.from({ length }, () => (dtype === 'float32' ? next() * 4 - 2 : 0));
      return [name, toHostTensor({ dtype, shape, data })];
    }),
  );
}

type Outcome = Readonly<Record<string, HostTensor>> | 'refused';

function attempt<T>(call: () => T): T | 'refused' {
  try {
    return call();
  } catch (error) {
    if (EtalonError.isInstance(error) && error.name !== 'InternalError') return 'refused';
    throw error;
  }
}

function expected(program: ProgramV1, inputs: Readonly<Record<string, HostTensor>>): Outcome {
  return attempt(() => {
    const outputs = Object.entries(evaluateProgram(program, inputs));
    return Object.fromEntries(outputs.map(([name, result]) => [name, toHostTensor(result)]));
  });
}

async function prepared(
  program: ProgramV1,
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<Outcome> {
  const { backend } = createGuardedBackend();
  try {
    const ready = await prepare(program, backend);
    return await readAll(await ready.run(inputs));
  } catch (error) {
    if (EtalonError.isInstance(error) && error.name !== 'InternalError') return 'refused';
    throw error;
  }
}

const listed = Object.entries(operatorCases).flatMap(([operator, cases]) =>
  cases.map((each, at) => ({ operator, at, each })),
);

describe.each(listed)('$operator, case $at', ({ each }) => {
  const program = traceCase(each);
  const names = namesOf(program);
  const all = Object.fromEntries(names.map((name, index) => [name, index === 0 ? 3 : 2]));
  // all sizes positive, each alone 0, and all 0
  const variants = [
    all,
    ...names.map((name) => ({ ...all, [name]: 0 })),
    Object.fromEntries(names.map((name) => [name, 0])),
  ];

  it.each(variants)('gives what the definition says for %o', async (sizes) => {
    const given = inputsFor(program, sizes);
    expect(await prepared(program, given)).toEqual(expected(program, given));
  });

  it.each(variants)('does so where the sizes %o are written into the program', async (sizes) => {
    const given = inputsFor(program, sizes);
    const fixed = Object.fromEntries(
      Object.entries(given).map(([name, { dtype, shape }]) => [name, tensor(dtype, shape)]),
    );
    const outcome = expected(program, given);
    const written = attempt(() =>
      traceCase({ inputs: fixed, body: each.body }, (name) => sizes[name] ?? -1),
    );
    expect(written === 'refused' ? written : await prepared(written, given)).toEqual(outcome);
  });
});

describe('random programs with sizes of 0', () => {
  it('give what the definitions say', async () => {
    const size = fc.integer({ min: 0, max: 2 });
    await fc.assert(
      fc.asyncProperty(
        randomPrograms({ sizes: fc.record({ n: size, m: size }) }),
        async ({ program, inputs }) => {
          // what no output needs may be refused without harm
          const outcome = expected(removeDeadCode(program), inputs);
          expect(await prepared(program, inputs)).toEqual(outcome);
        },
      ),
      { numRuns: 300, seed: 41 },
    );
  });
});
