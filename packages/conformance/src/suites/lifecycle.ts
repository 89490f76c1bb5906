import { prepare } from '@etalon/compiler';
import type { Check } from '../checks/check.ts';
import { lifecycleCheck } from './lifecycle-check.ts';
import { affine, counter, filledTensor } from './toy-programs.ts';

const input = (value: number) => ({ x: filledTensor(value, [2, 3]) });

/** Who owns results and inputs, and for how long. */
const ownership: readonly Check[] = [
  lifecycleCheck('outputs-outlive-later-runs', async ({ backend, holds }) => {
    const program = await prepare(affine, backend);
    const first = await program.run(input(1));
    const second = await program.run(input(5));
    await holds('the first result', first.y, 3);
    await holds('the second result', second.y, 11);
    first.y?.dispose();
    await holds('the second result after the first was disposed', second.y, 11);
    const third = await program.run(input(7));
    await holds('the second result after a third run', second.y, 11);
    await holds('the third result', third.y, 15);
  }),
  lifecycleCheck('read-copies', async ({ backend, holds }) => {
    const program = await prepare(affine, backend);
    const { y } = await program.run(input(1));
    const read = await y?.read();
    read?.data.fill(99);
    await holds('the tensor after its copy was written to', y, 3);
    const again = await program.run(input(2));
    await holds('a copy after another run', read, 99);
    await holds('the other result', again.y, 5);
  }),
  lifecycleCheck('inputs-untouched', async ({ backend, holds }) => {
    const program = await prepare(counter, backend);
    const state = filledTensor(3, [4]);
    const x = filledTensor(4, [4]);
    const outputs = await program.run({ state, x });
    await holds('the host tensor "state" after a run', state, 3);
    await holds('the host tensor "x" after a run', x, 4);
    const again = await program.run({ state: outputs.state ?? state, x });
    await holds('a borrowed device tensor', outputs.state, 7);
    await holds('the result', again.state, 11);
  }),
  lifecycleCheck('inputs-captured', async ({ backend, holds }) => {
    const program = await prepare(affine, backend);
    const inputs = input(1);
    const outputs = await program.run(inputs);
    inputs.x.data.fill(50);
    await holds('the result after its input was written to', outputs.y, 3);
  }),
  lifecycleCheck('input-given-twice', async ({ backend, holds }) => {
    const program = await prepare(counter, backend);
    const both = filledTensor(2, [4]);
    const first = await program.run({ state: both, x: both });
    await holds('the sum of a host tensor and itself', first.state, 4);
    const state = first.state ?? both;
    const second = await program.run({ state, x: state });
    await holds('the sum of a device tensor and itself', second.state, 8);
  }),
  lifecycleCheck('results-feed-other-programs', async ({ backend, holds }) => {
    const first = await prepare(affine, backend);
    const second = await prepare(affine, backend);
    const { y } = await first.run(input(1));
    if (y === undefined) return;
    const { y: z } = await second.run({ x: y });
    await holds("one program's result through another", z, 7);
    first.dispose();
    await holds('a result after its program was disposed', y, 3);
    const { y: again } = await second.run({ x: y });
    await holds('another program after the first was disposed', again, 7);
  }),
];

/** Outputs that take an input's memory. */
const aliasing: readonly Check[] = [
  lifecycleCheck('alias-consumes', async ({ backend, holds, rejects }) => {
    const program = await prepare(counter, backend, { aliases: { state: 'state' } });
    const x = filledTensor(1, [4]);
    const first = await program.run({ state: filledTensor(0, [4]), x });
    const { state } = first;
    if (state === undefined) return;
    const second = await program.run({ state, x });
    await holds('the state after two steps', second.state, 2);
    await holds('a result that is not aliased', second.twice, 2);
    await rejects('read() of a consumed tensor', () => state.read(), 'DisposedError');
    await rejects('run() with a consumed tensor', () => program.run({ state, x }), 'DisposedError');
    state.dispose();
    await holds('the state after the consumed tensor was disposed', second.state, 2);
  }),
  lifecycleCheck('alias-leaves-host-tensors', async ({ backend, holds }) => {
    const program = await prepare(counter, backend, { aliases: { state: 'state' } });
    const state = filledTensor(5, [4]);
    const x = filledTensor(1, [4]);
    const first = await program.run({ state, x });
    const second = await program.run({ state, x });
    await holds('a host tensor passed for an aliased input', state, 5);
    await holds('the first result', first.state, 6);
    await holds('the second result', second.state, 6);
  }),
  lifecycleCheck('alias-leaves-other-inputs', async ({ backend, holds }) => {
    const program = await prepare(counter, backend, { aliases: { state: 'state' } });
    const make = await prepare(counter, backend);
    const one = await make.run({ state: filledTensor(1, [4]), x: filledTensor(0, [4]) });
    const two = await make.run({ state: filledTensor(2, [4]), x: filledTensor(0, [4]) });
    if (one.state === undefined || two.state === undefined) return;
    await program.run({ state: one.state, x: two.state });
    await holds('an input that is not aliased', two.state, 2);
  }),
  lifecycleCheck('alias-loop', async ({ backend, holds }) => {
    const program = await prepare(counter, backend, { aliases: { state: 'state' } });
    const x = filledTensor(1, [4]);
    let outputs = await program.run({ state: filledTensor(0, [4]), x });
    for (let step = 2; step <= 50; step++) {
      const { state, twice } = outputs;
      twice?.dispose();
      if (state === undefined) return;
      outputs = await program.run({ state, x });
    }
    await holds('the state after 50 steps', outputs.state, 50);
    await holds('twice the state before the last step', outputs.twice, 98);
  }),
];

/** Ends: nothing works after `dispose`, and everything else goes on. */
const disposal: readonly Check[] = [
  lifecycleCheck('dispose-tensor', async ({ backend, rejects }) => {
    const program = await prepare(affine, backend);
    const { y } = await program.run(input(1));
    if (y === undefined) return;
    y.dispose();
    y.dispose();
    await rejects('read() of a disposed tensor', () => y.read(), 'DisposedError');
    await rejects('run() with a disposed tensor', () => program.run({ x: y }), 'DisposedError');
  }),
  lifecycleCheck('dispose-executable', async ({ backend, holds, rejects }) => {
    const executable = await backend.compile(affine);
    const { y } = await executable.run(input(1));
    executable.dispose();
    executable.dispose();
    await rejects('run() after dispose()', () => executable.run(input(1)), 'DisposedError');
    await rejects('placement() after dispose()', () => executable.placement(), 'DisposedError');
    await holds('a result after its executable was disposed', y, 3);
  }),
  lifecycleCheck('dispose-backend', async ({ backend, rejects }) => {
    const executable = await backend.compile(affine);
    const { y } = await executable.run(input(1));
    await backend.dispose();
    await backend.dispose();
    await rejects('compile() after dispose()', () => backend.compile(affine), 'DisposedError');
    await rejects(
      'run() after the backend was disposed',
      () => executable.run(input(1)),
      'DisposedError',
    );
    if (y === undefined) return;
    await rejects('read() after the backend was disposed', () => y.read(), 'DisposedError');
    executable.dispose();
    y.dispose();
  }),
  lifecycleCheck('backends-are-isolated', async ({ backend, createBackend, holds }) => {
    const other = await createBackend();
    const program = await prepare(affine, backend);
    const { y } = await program.run(input(1));
    const elsewhere = await prepare(affine, other);
    const { y: z } = await elsewhere.run(input(2));
    await other.dispose();
    await holds('a result of a backend after another was disposed', y, 3);
    const { y: again } = await program.run(input(4));
    await holds('a run of a backend after another was disposed', again, 9);
    z?.dispose();
  }),
];

/** Runs that overlap, and runs that are called off. */
const order: readonly Check[] = [
  lifecycleCheck('concurrent-runs-queue', async ({ backend, holds, fail }) => {
    const program = await prepare(affine, backend);
    const finished: number[] = [];
    const runs = Array.from({ length: 8 }, async (_, i) => {
      const outputs = await program.run({ x: filledTensor(i, [i + 1, 3]) });
      finished.push(i);
      return outputs;
    });
    for (const [i, outputs] of (await Promise.all(runs)).entries()) {
      await holds(`the result of concurrent run ${i + 1}`, outputs.y, 2 * i + 1);
      if (outputs.y?.shape[0] !== i + 1)
        fail(`run ${i + 1} has the shape of another, got [${outputs.y?.shape}].`);
    }
    if (finished.some((run, at) => run !== at)) {
      fail(`runs must finish in the order they were made, got ${JSON.stringify(finished)}.`);
    }
  }),
  lifecycleCheck('concurrent-executables', async ({ backend, holds }) => {
    const programs = await Promise.all([prepare(affine, backend), prepare(counter, backend)]);
    const [first, second] = programs;
    const x = filledTensor(1, [4]);
    const [one, two, three] = await Promise.all([
      first.run(input(1)),
      second.run({ state: filledTensor(5, [4]), x }),
      first.run(input(3)),
    ]);
    await holds('the first of three runs', one.y, 3);
    await holds('the second of three runs', two.state, 6);
    await holds('the third of three runs', three.y, 7);
  }),
  lifecycleCheck('dispose-while-queued', async ({ backend, holds }) => {
    const program = await prepare(affine, backend);
    const run = program.run(input(1));
    program.dispose();
    const outcome = await run.then(
      ({ y }) => y,
      () => undefined,
    );
    // either way is right; a wrong result is not
    if (outcome !== undefined) await holds('a run that was queued before dispose()', outcome, 3);
  }),
  lifecycleCheck('abort-before-run', async ({ backend, holds, fail }) => {
    // Not prepared: a prepared program asks the signal itself, and the backend would not see it.
    const program = await backend.compile(counter, { aliases: { state: 'state' } });
    const x = filledTensor(1, [4]);
    const { state } = await program.run({ state: filledTensor(0, [4]), x });
    if (state === undefined) return;
    const reason = new Error('called off');
    const outcome = await program.run({ state, x }, { signal: { aborted: true, reason } }).then(
      () => 'a result',
      (error: unknown) => (error === reason ? undefined : String(error)),
    );
    if (outcome !== undefined)
      fail(`an aborted run must reject with the signal's reason, got ${outcome}.`);
    await holds('the state after an aborted run', state, 1);
    const next = await program.run({ state, x });
    await holds('the state after the run that followed', next.state, 2);
  }),
];

/** Ownership, aliases, disposal, queueing. */
export const lifecycleChecks: readonly Check[] = [...ownership, ...aliasing, ...disposal, ...order];
