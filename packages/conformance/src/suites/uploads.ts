import { prepare } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { countOf, hostTensor } from '../cases/host-tensor.ts';
import type { Check } from '../checks/check.ts';
import { compareTensor } from '../checks/compare.ts';
import { lifecycleCheck } from './lifecycle-check.ts';
import { affine, counter, filledTensor } from './toy-programs.ts';

/** Tensors that a caller places on the device. */
export const uploadChecks: readonly Check[] = [
  lifecycleCheck('upload-feeds-runs', async ({ backend, holds, rejects }) => {
    const program = await prepare(counter, backend);
    const x = await backend.upload(filledTensor(3, [4]));
    await holds('an uploaded tensor', x, 3);
    const first = await program.run({ state: filledTensor(1, [4]), x });
    await holds('the uploaded tensor after a run that borrowed it', x, 3);
    const second = await program.run({ state: first.state ?? x, x });
    await holds('the sum after two runs with one uploaded tensor', second.state, 7);
    await holds('the uploaded tensor after another', x, 3);
    const read = await x.read();
    read.data.fill(99);
    await holds('the uploaded tensor after its copy was written to', x, 3);
    x.dispose();
    x.dispose();
    await rejects('read() after dispose()', () => x.read(), 'DisposedError');
    await rejects(
      'run() with a disposed tensor',
      () => program.run({ state: filledTensor(1, [4]), x }),
      'DisposedError',
    );
    await holds('a result after the tensor was disposed', second.state, 7);
  }),
  lifecycleCheck('upload-consumed', async ({ backend, holds, rejects }) => {
    const program = await prepare(counter, backend, { aliases: { state: 'state' } });
    const host = filledTensor(2, [4]);
    const state = await backend.upload(host);
    const x = filledTensor(1, [4]);
    const first = await program.run({ state, x });
    const again = await program.run({ state: first.state ?? x, x });
    await program.run({ state: again.state ?? x, x });
    await rejects('read() of a consumed upload', () => state.read(), 'DisposedError');
    await holds('the host tensor it came from', host, 2);
  }),
  lifecycleCheck('upload-checks-data', async ({ backend, rejects }) => {
    const short = { ...filledTensor(1, [4]), shape: [5] };
    await rejects('upload() of too few elements', () => backend.upload(short), 'ShapeError');
    const wrong = { ...filledTensor(1, [4]), dtype: 'int32' } as unknown as HostTensor;
    await rejects('upload() of another array', () => backend.upload(wrong), 'DTypeError');
  }),
  lifecycleCheck(
    'upload-keeps-types',
    async ({ backend, fail }) => {
      for (const dtype of ['float32', 'int32', 'bool', 'uint8'] as const) {
        for (const shape of [[], [3], [2, 1, 2]]) {
          const data = Array.from({ length: countOf(shape) }, (_, at) => at % 2);
          const host = hostTensor(dtype, shape, data);
          const tensor = await backend.upload(host);
          const budget = new Float64Array(data.length);
          const expected = { ...host, source: 'what was uploaded', budget };
          const difference =
            tensor.dtype !== dtype || tensor.shape.join() !== shape.join()
              ? `the type differs, got ${tensor.dtype}[${tensor.shape.join(', ')}].`
              : compareTensor(await tensor.read(), expected);
          tensor.dispose();
          if (difference !== undefined)
            fail(`upload() of ${dtype}[${shape.join(', ')}]: ${difference}`);
        }
      }
    },
    [],
  ),
  lifecycleCheck(
    'upload-ends-with-backend',
    async ({ backend, rejects }) => {
      const tensor = await backend.upload(filledTensor(1, [4]));
      await backend.dispose();
      const read = () => tensor.read();
      await rejects('read() of an upload after the backend was disposed', read, 'DisposedError');
      const again = () => backend.upload(filledTensor(1, [4]));
      await rejects('upload() after the backend was disposed', again, 'DisposedError');
      tensor.dispose();
    },
    [],
  ),
  lifecycleCheck('errors/foreign-upload', async ({ backend, createBackend, holds, rejects }) => {
    const other = await createBackend();
    try {
      const x = await other.upload(filledTensor(1, [2, 3]));
      const program = await prepare(affine, backend);
      await rejects(
        'run() with a tensor that was uploaded to another backend',
        () => program.run({ x }),
        'BackendError',
        'BACKEND_FOREIGN_TENSOR',
      );
      await holds("the other backend's tensor", x, 1);
    } finally {
      await other.dispose();
    }
  }),
];
