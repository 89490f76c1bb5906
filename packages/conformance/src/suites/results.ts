import type { Tensor } from '@etalon/compiler';
import {
  add,
  constant,
  neg,
  nodesThroughBodies,
  prepare,
  reduceSum,
  scan,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { ProgramV1 } from '@etalon/spec';
import type { Check } from '../checks/check.ts';
import { lifecycleCheck } from './lifecycle-check.ts';
import { affine, filledTensor } from './toy-programs.ts';

const shared = traceProgram('shared', { x: tensor('float32', [2]) }, ({ x }) => {
  const y = neg(x);
  return { one: y, two: y, input: x, constant: constant([5, 5]) };
});

const unused = traceProgram(
  'unused',
  { x: tensor('float32', [2]), unused: tensor('int32', ['rows']) },
  ({ x }) => ({ y: neg(x) }),
);

const sameNames = traceProgram('same-names', { y: tensor('float32', [2]) }, ({ y }) => ({
  y: add(y, 1),
}));

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}

/** Running totals of rows, doubled: a loop and a node with the name of one inside it. */
const totals = traceProgram('totals', { x: tensor('float32', ['batch', 3]) }, ({ x }) => ({
  y: scan(
    (total: Tensor, row: Tensor) => {
      const next = add(total, reduceSum(row));
      return { carried: next, stacked: next };
    },
    { carried: constant(0), stacked: add(x, x) },
  ).stacked,
}));

/** Every node of a program, those in bodies of loops included, has a place: as many entries as nodes of one path and operator. */
function placementCheck(name: string, source: ProgramV1): Check {
  return lifecycleCheck(
    name,
    async ({ backend, fail }) => {
      const prepared = await prepare(source, backend);
      await prepared.run({ x: filledTensor(1, [2, 3]) });
      const places = [...(await prepared.placement())];
      for (const { node } of nodesThroughBodies(prepared.program)) {
        const { path, operator } = node;
        const at = places.findIndex((each) => each.path === path && each.operator === operator);
        const [place] = at < 0 ? [] : places.splice(at, 1);
        if (place === undefined) {
          return fail(`placement() must report every node, got nothing for ${path} (${operator}).`);
        }
        if (!['native', 'decomposed', 'fallback'].includes(place.kind) || place.device === '') {
          fail(`placement() must tell how and where, got ${JSON.stringify(place)}.`);
        }
      }
    },
    [source],
  );
}

/** Programs whose results are not simply nodes, and where nodes run. */
export const resultChecks: readonly Check[] = [
  lifecycleCheck(
    'value-under-two-names',
    async ({ backend, holds }) => {
      const program = await prepare(shared, backend);
      const outputs = await program.run({ x: filledTensor(3, [2]) });
      await holds('the first name', outputs.one, -3);
      outputs.one?.dispose();
      await holds('the second name after the first was disposed', outputs.two, -3);
    },
    [shared],
  ),
  lifecycleCheck(
    'input-as-output',
    async ({ backend, holds }) => {
      const program = await prepare(shared, backend);
      const x = filledTensor(3, [2]);
      const first = await program.run({ x });
      x.data.fill(8);
      await holds('an output that is the input, after the input was written to', first.input, 3);
      if (first.one === undefined) return;
      const second = await program.run({ x: first.one });
      second.input?.dispose();
      await holds('a borrowed input after the output it became was disposed', first.one, -3);
    },
    [shared],
  ),
  lifecycleCheck(
    'constant-as-output',
    async ({ backend, holds }) => {
      const program = await prepare(shared, backend);
      const first = await program.run({ x: filledTensor(1, [2]) });
      const read = await first.constant?.read();
      read?.data.fill(0);
      first.constant?.dispose();
      const second = await program.run({ x: filledTensor(1, [2]) });
      await holds('a constant that is an output', second.constant, 5);
    },
    [shared],
  ),
  lifecycleCheck(
    'unused-input',
    async ({ backend, holds }) => {
      const program = await prepare(unused, backend);
      const inputs = {
        x: filledTensor(1, [2]),
        unused: { dtype: 'int32' as const, shape: [3], data: Int32Array.of(1, 2, 3) },
      };
      await holds('the result', (await program.run(inputs)).y, -1);
    },
    [unused],
  ),
  lifecycleCheck(
    'input-and-output-of-one-name',
    async ({ backend, holds }) => {
      const program = await prepare(sameNames, backend, { aliases: { y: 'y' } });
      const first = await program.run({ y: filledTensor(1, [2]) });
      if (first.y === undefined) return;
      await holds('the second step', (await program.run({ y: first.y })).y, 3);
    },
    [sameNames],
  ),
  lifecycleCheck('program-untouched', async ({ backend, holds }) => {
    const executable = await backend.compile(freeze(structuredCopy(affine)));
    const { y } = await executable.run({ x: filledTensor(1, [2, 3]) });
    await holds('the result of a frozen program', y, 3);
  }),
  lifecycleCheck('every-batch-size', async ({ backend, holds, fail }) => {
    const program = await prepare(affine, backend);
    for (const batch of [2, 5, 1, 129, 2]) {
      const { y } = await program.run({ x: filledTensor(batch, [batch, 3]) });
      await holds(`the result of ${batch} rows`, y, 2 * batch + 1);
      if (y?.shape.join() !== `${batch},3`)
        fail(`${batch} rows give the wrong shape, got [${y?.shape}].`);
    }
  }),
  placementCheck('placement-names-nodes', affine),
  placementCheck('placement-names-nodes-of-loops', totals),
];

// Constants keep their typed arrays; everything else is copied so that it can be frozen.
function structuredCopy(program: typeof affine): typeof affine {
  const plain = JSON.parse(JSON.stringify({ ...program, constants: [] })) as typeof affine;
  return {
    ...plain,
    constants: program.constants.map(({ tensor: { data, ...type }, ...constant }) => ({
      ...constant,
      tensor: { ...type, data: data.slice() },
    })) as unknown as typeof affine.constants,
  };
}
