import Table from 'cli-table3';
import type { EngineResult } from './compare.ts';
import { classOf } from './compare.ts';
import type { Digits } from './data.ts';
import { percent } from './train.ts';

/** Formats what the engines did as a table. */
export function engineTable(results: readonly EngineResult[]): string {
  const table = new Table({
    head: ['engine', 'images', 'accuracy', 'difference', 'budget', 'ms, batch 1', 'ms, batch 64'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const result of results) {
    table.push([
      result.name,
      result.images.toLocaleString('en-US'),
      percent(result.accuracy),
      result.normwiseDifference.toExponential(1),
      result.budget.toExponential(0),
      result.latencyMs.batch1.toFixed(3),
      result.latencyMs.batch64.toFixed(2),
    ]);
  }
  return table.toString();
}

// From empty to full ink; two characters a pixel, since a cell of a terminal is twice as high as wide.
const inks = ['  ', '░░', '▒▒', '▓▓', '██'] as const;

/** Draws some test images side by side with what the network takes them for; scores come ten for each. */
export function drawDigits(
  data: Digits,
  logits: ArrayLike<number>,
  indices: readonly number[],
): string {
  const { image, label } = data.test.gather(Uint32Array.from(indices));
  const side = 28;
  const lines: string[] = [];
  // Every second row and column is enough to recognise a digit.
  for (let row = 2; row < side - 2; row += 2) {
    const cells = indices.map((_, at) => {
      let line = '';
      for (let column = 2; column < side - 2; column += 2) {
        const value = image.data[(at * side + row) * side + column] ?? 0;
        line += inks[Math.min(Math.floor(value * inks.length), inks.length - 1)];
      }
      return line;
    });
    lines.push(cells.join(' '));
  }
  const captions = indices.map((_, at) => {
    const scores = Array.from({ length: 10 }, (_, digit) => logits[at * 10 + digit] ?? 0);
    const found = classOf(scores);
    const truth = label.data[at];
    const text = found === truth ? `read as ${found}` : `read as ${found}, is ${truth}`;
    return text.padEnd(side - 4);
  });
  return [...lines, captions.join(' ')].join('\n');
}
