import type { ExampleCommand, GrayImage } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { Cost } from './costs.ts';
import { compareSizes } from './costs.ts';
import type { IrisResults } from './irises.ts';
import { learnIrises } from './irises.ts';
import { drawSpirals } from './spirals.ts';
import { decisionSurface } from './surface.ts';

/** What the example finds. */
export interface TabularResults {
  readonly backend: string;
  readonly irises: IrisResults;
  /** Networks that learned two spirals; that of depth 0 is linear. */
  readonly spirals: readonly Cost[];
}

/** Results, and a picture of what the best network thinks of the plane. */
export interface TabularRun {
  readonly results: TabularResults;
  readonly surface: GrayImage;
}

const budgets = {
  full: {
    points: 2000,
    epochs: 60,
    irisEpochs: 60,
    widths: [4, 16, 64, 256],
    depths: [1, 2, 3, 4],
  },
  small: { points: 600, epochs: 150, irisEpochs: 30, widths: [4, 32], depths: [2] },
} as const;

/** Runs the example. */
export async function runTabular(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<TabularRun> {
  const backend = await createBackend(name);
  try {
    const { points, epochs, irisEpochs, widths, depths } = budgets[budget];
    const irises = await learnIrises(backend, irisEpochs);
    print(`irises: ${(100 * irises.hidden.accuracy).toFixed(1)} %`);
    const sizes = depths.flatMap((depth) =>
      widths.map((width): [number, number] => [width, depth]),
    );
    const { costs, best } = await compareSizes(backend, [[0, 0], ...sizes], {
      training: drawSpirals(points, 1),
      test: drawSpirals(points, 3),
      epochs,
      print,
    });
    const surface = await decisionSurface(backend, best.model, best.variables);
    return { results: { backend: name, irises, spirals: costs }, surface };
  } finally {
    await backend.dispose();
  }
}
