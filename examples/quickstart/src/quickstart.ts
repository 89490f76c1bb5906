import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { BackendV1, HostTensor, ProgramV1, Variables } from '@etalon/core';
import { formatSummary, summarize } from '@etalon/core';
import { saveSafetensors, writeFileAtomic } from '@etalon/core/node';
import { encodeOnnx } from '@etalon/onnx';
import type { EngineResult } from './compare.ts';
import { compareEngines, predictDigits } from './compare.ts';
import { loadDigits } from './data.ts';
import { digits } from './digits.ts';
import { engines, onnxRuntimeCpu } from './engines.ts';
import { drawDigits, engineTable } from './show.ts';
import { percent, train } from './train.ts';

/** What one run of the quickstart is told. */
export interface QuickstartOptions {
  readonly epochs: number;
  /** Examples of each part of MNIST; default all. */
  readonly limit?: number;
  /** Where files go. */
  readonly folder: string;
  readonly print: (line: string) => void;
}

/** What `quickstart.json` holds. */
export interface QuickstartReport {
  /** Share of the test images classified right by the trained network. */
  readonly accuracy: number;
  readonly trainSeconds: number;
  readonly engines: readonly EngineResult[];
}

/** Trains the network on ONNX Runtime, writes it, runs it on every engine and reports how closely they agree. */
export async function runQuickstart(options: QuickstartOptions): Promise<QuickstartReport> {
  const backend = await onnxRuntimeCpu.create();
  try {
    return await trainAndCompare(backend, options);
  } finally {
    await backend.dispose();
  }
}

async function trainAndCompare(
  backend: BackendV1,
  { epochs, folder, limit, print }: QuickstartOptions,
): Promise<QuickstartReport> {
  await mkdir(folder, { recursive: true });
  const data = await loadDigits(limit);
  print(`MNIST: ${data.train.size} images to learn from, ${data.test.size} to judge by\n`);
  print(`${formatSummary(summarize(digits))}\n`);

  print(`training on ${backend.name}, ${availableParallelism()} threads`);
  const trained = await train(backend, data, epochs);
  const { accuracy, loss, trainSeconds } = trained;
  print(
    `\n${percent(accuracy)} of the test images right, loss ${loss.toFixed(4)}, after ${trainSeconds.toFixed(1)} s of training\n`,
  );

  const frozen = digits.freeze(trained.variables);
  await writeModel(folder, frozen, trained.variables);
  print(`wrote ${folder}/digits.onnx and ${folder}/digits.safetensors\n`);

  const results = await compareEngines(frozen, data, engines, backend);
  print('the same weights on every engine; difference is norm-wise, from the float64 reference');
  print(`${engineTable(results)}\n`);

  const shown = [0, 1, 2, 3];
  print(`${drawDigits(data, await predictDigits(frozen, backend, data, shown), shown)}\n`);

  const report: QuickstartReport = { accuracy, trainSeconds, engines: results };
  await writeFileAtomic(
    `${folder}/quickstart.json`,
    Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
  );
  print(`wrote ${folder}/quickstart.json`);
  return report;
}

async function writeModel(
  folder: string,
  program: ProgramV1,
  { parameters, state }: Variables<HostTensor>,
): Promise<void> {
  await writeFileAtomic(`${folder}/digits.onnx`, encodeOnnx(program));
  await saveSafetensors(`${folder}/digits.safetensors`, { ...parameters, ...state });
}

/** Names the engines whose results are out of their budget. */
export function outsideBudget(engines: readonly EngineResult[]): readonly string[] {
  return engines
    .filter(({ normwiseDifference, budget }) => !(normwiseDifference <= budget))
    .map(
      ({ name, normwiseDifference, budget }) =>
        `${name}: the difference from the reference is out of its budget, got ${normwiseDifference}.\nExpected at most ${budget}.`,
    );
}
