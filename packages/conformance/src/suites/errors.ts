import { gather, prepare, randomNormal, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor, RunInputs } from '@etalon/spec';
import type { Check } from '../checks/check.ts';
import { lifecycleCheck } from './lifecycle-check.ts';
import { affine, counter, filledTensor } from './toy-programs.ts';

const rows = traceProgram(
  'rows',
  { table: tensor('float32', [4, 2]), indices: tensor('int32', ['count']) },
  ({ table, indices }) => ({ y: gather(table, indices) }),
);

const noise = traceProgram('noise', {}, () => ({ y: randomNormal([3]) }));

const state = filledTensor(1, [4]);
const x = filledTensor(1, [4]);

// Wrong inputs, with the error that `prepare` finds before the backend is asked.
const wrong: Readonly<Record<string, readonly [RunInputs, string, string]>> = {
  'missing-input': [{ state }, 'DataError', 'INPUT_MISSING'],
  'unknown-input': [{ state, x, z: x }, 'DataError', 'INPUT_UNKNOWN'],
  'wrong-dtype': [
    { state, x: { dtype: 'int32', shape: [4], data: new Int32Array(4) } },
    'DTypeError',
    'DTYPE_INPUT',
  ],
  'wrong-size': [{ state, x: filledTensor(1, [5]) }, 'ShapeError', 'SHAPE_INPUT_MISMATCH'],
  'wrong-rank': [{ state, x: filledTensor(1, [2, 2]) }, 'ShapeError', 'SHAPE_INPUT_RANK'],
};

const inputs = Object.entries(wrong).map(([name, [feeds, className, code]]) =>
  lifecycleCheck(`errors/${name}`, async ({ backend, holds, rejects }) => {
    const program = await prepare(counter, backend, { aliases: { state: 'state' } });
    const { state: current } = await program.run({ state, x });
    if (current === undefined) return;
    const given = { ...feeds, state: current };
    await rejects(
      `run() with a ${name.replace('-', ' ')}`,
      () => program.run(given),
      className,
      code,
    );
    await holds('an aliased input of a run that was refused', current, 2);
    await holds('the run that follows', (await program.run({ state: current, x })).state, 3);
  }),
);

/** Wrong use is refused by a stable code and leaves everything as it was. */
export const errorChecks: readonly Check[] = [
  ...inputs,
  lifecycleCheck(
    'errors/index-out-of-range',
    async ({ backend, rejects }) => {
      const program = await prepare(rows, backend);
      const table = filledTensor(1, [4, 2]);
      for (const index of [4, -1]) {
        const indices: HostTensor = { dtype: 'int32', shape: [2], data: Int32Array.of(0, index) };
        const run = () => program.run({ table, indices });
        await rejects(
          `run() with index ${index} of 4 rows`,
          run,
          'DataError',
          'INDEX_OUT_OF_RANGE',
        );
      }
    },
    [rows],
  ),
  lifecycleCheck(
    'errors/random-key-missing',
    async ({ backend, rejects }) => {
      const program = await prepare(noise, backend);
      await rejects(
        'run() without a key',
        () => program.run({}),
        'AttributeError',
        'RANDOM_KEY_MISSING',
      );
    },
    [noise],
  ),
  lifecycleCheck('errors/foreign-tensor', async ({ backend, createBackend, holds, rejects }) => {
    const other = await createBackend();
    try {
      const elsewhere = await prepare(affine, other);
      const { y } = await elsewhere.run({ x: filledTensor(1, [2, 3]) });
      const program = await prepare(affine, backend);
      if (y === undefined) return;
      const run = () => program.run({ x: y });
      await rejects(
        "run() with another backend's tensor",
        run,
        'BackendError',
        'BACKEND_FOREIGN_TENSOR',
      );
      await holds("the other backend's tensor", y, 3);
    } finally {
      await other.dispose();
    }
  }),
  lifecycleCheck('errors/refused-run-keeps-order', async ({ backend, holds, rejects }) => {
    const program = await prepare(affine, backend);
    const first = program.run({ x: filledTensor(1, [2, 3]) });
    const refused = program.run({ x: filledTensor(1, [2, 4]) });
    const last = program.run({ x: filledTensor(2, [2, 3]) });
    await rejects('the second of three runs', () => refused, 'ShapeError', 'SHAPE_INPUT_MISMATCH');
    await holds('the first of three runs', (await first).y, 3);
    await holds('the last of three runs', (await last).y, 5);
  }),
];
