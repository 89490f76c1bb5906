import { prepare } from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import type { Order } from '../cases/programs.ts';
import { inputsOf, programOf } from '../cases/programs.ts';
import type { Check } from '../checks/check.ts';
import { failure } from '../checks/check.ts';
import { runAndRead } from '../checks/run-program.ts';
import { lackOf } from '../checks/support.ts';
import { conformanceCases } from '../families/index.ts';
import { networks } from '../networks/definitions.ts';
import { trainingOf } from '../networks/training.ts';
import { compareBits, wordsOf } from './random-vectors.ts';
import { train } from './training.ts';

/** Times that a program is run. */
const RUNS = 4;

/** Cases with sums long enough to be split among threads, in some order or other. */
const subjects: readonly (readonly [string, Order])[] = [
  ['matmul/all-past-a-tile', 'value'],
  ['matmul/inner-129', 'gradient'],
  ['reduceSum/prime-1031', 'value'],
  ['reduceMean/outer-axes-of-image', 'value'],
  ['scatterAdd/many-duplicates', 'value'],
  ['gather/all-equal-indices', 'gradient'],
  ['conv2d/digits-first-layer', 'value'],
  ['conv2d/digits-first-layer', 'gradient'],
  ['maxPool2d/overlapping', 'gradient'],
  ['averagePool2d/window-5-stride-1', 'gradient'],
  ['softmax/past-a-tile-129', 'gradient'],
];

const undeclared = 'deterministic: false';

function determinismCheck(subject: ConformanceCase, order: Order): Check {
  const id = `determinism/${order === 'value' ? '' : `${order}/`}${subject.id}`;
  return {
    id,
    suite: 'determinism',
    proves: [],
    unsupported: (manifest) =>
      manifest.deterministic ? lackOf(manifest, programOf(subject, order), subject) : undeclared,
    run: async ({ backend }) => {
      const [run] = subject.runs;
      if (run === undefined) return;
      const prepared = await prepare(programOf(subject, order), backend);
      try {
        const inputs = inputsOf(subject, run, order);
        const first = await runAndRead(prepared, inputs);
        for (let again = 2; again <= RUNS; again++) {
          for (const [name, tensor] of Object.entries(await runAndRead(prepared, inputs))) {
            const expected = first[name];
            const difference = expected && compareBits(name, tensor, wordsOf(expected));
            if (difference) throw failure(id, backend, `run ${again} and the first: ${difference}`);
          }
        }
      } finally {
        prepared.dispose();
      }
    },
  };
}

const byId = new Map(conformanceCases.map((subject) => [subject.id, subject]));

const [, convolutional] = networks;

const training: readonly Check[] =
  convolutional === undefined
    ? []
    : [
        {
          id: 'determinism/training',
          suite: 'determinism',
          proves: [],
          unsupported: (manifest) =>
            manifest.deterministic
              ? lackOf(manifest, trainingOf(convolutional, 'adam').program, {
                  special: false,
                  subnormal: false,
                })
              : undeclared,
          run: async ({ backend }) => {
            const first = await train(backend, trainingOf(convolutional, 'adam'), 5);
            const second = await train(backend, trainingOf(convolutional, 'adam'), 5);
            const at = first.losses.findIndex((loss, step) => loss !== second.losses[step]);
            if (at < 0) return;
            throw failure(
              'determinism/training',
              backend,
              `two trainings differ at step ${at + 1}, got ${second.losses[at]}.\nExpected ${first.losses[at]}.`,
            );
          },
        },
      ];

/** Equal bits on equal inputs, where the manifest promises them. */
export const determinismChecks: readonly Check[] = [
  ...subjects.flatMap(([id, order]) => {
    const subject = byId.get(id);
    return subject === undefined ? [] : [determinismCheck(subject, order)];
  }),
  ...training,
];
