import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend, plotLines } from '@etalon/examples-shared';
import { descend, optimizers, start } from './descend.ts';
import { exportLine } from './export-line.ts';
import type { Line } from './line.ts';
import { drawPoints, heightOf, levelCurve, solve } from './line.ts';

/** How far an optimizer came. */
export interface OptimizerResult {
  /** Loss after the last step, above the lowest there is. */
  readonly above: number;
  /** Distance of the last line from the best one, in slope and bias. */
  readonly distance: number;
  /** How far the exported line is from it. */
  readonly exportDifference: number;
  /** Lines on the way: every tenth. */
  readonly path: readonly (readonly [slope: number, bias: number])[];
}

/** What the example finds. */
export interface RegressionResults {
  readonly backend: string;
  readonly steps: number;
  /** By the normal equations. */
  readonly best: Line;
  readonly lowest: number;
  readonly optimizers: Readonly<Record<string, OptimizerResult>>;
}

const levels = [0.05, 0.3, 1, 2.5, 5, 9, 15];

/** Runs the example; the plot shows the level curves of the loss and the paths over them. */
export async function runRegression({
  backend: name,
  budget,
}: Omit<ExampleCommand, 'json'>): Promise<{
  readonly results: RegressionResults;
  readonly plot: string;
}> {
  const backend = await createBackend(name);
  try {
    const steps = budget === 'full' ? 200 : 100;
    const points = drawPoints();
    const surface = solve(points);
    const { best, lowest } = surface;
    const found: [string, OptimizerResult][] = [];
    const paths: { name: string; points: [number, number][] }[] = [];
    for (const [optimizer, made] of Object.entries(optimizers)) {
      const path = await descend(backend, made, points, steps);
      const last = path.at(-1) ?? start;
      found.push([
        optimizer,
        {
          above: heightOf(surface, last),
          distance: Math.hypot(last.slope - best.slope, last.bias - best.bias),
          exportDifference: await exportLine(last),
          path: path
            .filter((_, at) => at % 10 === 0)
            .map(({ slope, bias }) => [Number(slope.toFixed(4)), Number(bias.toFixed(4))] as const),
        },
      ]);
      paths.push({ name: optimizer, points: path.map(({ slope, bias }) => [slope, bias]) });
    }
    const plot = plotLines({
      xName: 'slope',
      yName: 'bias',
      background: levels.map((above) =>
        levelCurve(surface, above).map(({ slope, bias }): [number, number] => [slope, bias]),
      ),
      lines: paths,
    });
    const results = { backend: name, steps, best, lowest, optimizers: Object.fromEntries(found) };
    return { results, plot };
  } finally {
    await backend.dispose();
  }
}
