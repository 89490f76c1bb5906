import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { HostTensor, ProgramV1, Variables } from '@etalon/core';
import { formatSummary, summarize } from '@etalon/core';
import { saveSafetensors, writeFileAtomic } from '@etalon/core/node';
import { encodeOnnx } from '@etalon/onnx';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createReferenceBackend } from '@etalon/reference';
import type { EngineResult } from './compare.ts';
import { compareEngines, predictDigits } from './compare.ts';
import { loadDigits } from './data.ts';
import { digits } from './digits.ts';
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
  const { epochs, folder, limit, print } = options;
  await mkdir(folder, { recursive: true });
  const data = await loadDigits(limit);
  print(`MNIST: ${data.train.size} images to learn from, ${data.test.size} to judge by\n`);
  print(`${formatSummary(summarize(digits))}\n`);

  const onnxRuntime = await createOnnxRuntimeBackend({ device: 'cpu' });
  const reference = createReferenceBackend();
  print(`training on ${onnxRuntime.name}, ${availableParallelism()} threads`);
  const trained = await train(onnxRuntime, data, epochs);
  const { accuracy, loss, trainSeconds } = trained;
  print(
    `\n${percent(accuracy)} of the test images right, loss ${loss.toFixed(4)}, after ${trainSeconds.toFixed(1)} s of training\n`,
  );

  const frozen = digits.freeze(trained.variables);
  await writeModel(folder, frozen, trained.variables);
  print(`wrote ${folder}/digits.onnx and ${folder}/digits.safetensors\n`);

  const engines = await compareEngines(frozen, data, [
    { backend: reference, images: 1000, repetitions: 5 },
    { backend: onnxRuntime, images: data.test.size, repetitions: 101 },
  ]);
  print('the same weights on every engine; difference is norm-wise, from the float64 reference');
  print(`${engineTable(engines)}\n`);

  const shown = [0, 1, 2, 3];
  print(`${drawDigits(data, await predictDigits(frozen, onnxRuntime, data, shown), shown)}\n`);

  const report: QuickstartReport = { accuracy, trainSeconds, engines };
  await writeFileAtomic(
    `${folder}/quickstart.json`,
    Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
  );
  print(`wrote ${folder}/quickstart.json`);
  await onnxRuntime.dispose();
  await reference.dispose();
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
