import { dirname, join } from 'node:path';
import { readCommand, writePng, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import type { WayResults } from './fine-tune.ts';
import { runRepresentations } from './representations.ts';

const command = readCommand('10-representations', process.argv.slice(2));
const { results, picture } = await runRepresentations(command, (line) => console.log(line));
const { codes, fineTuning } = results;
const style = { head: [], border: [], compact: true };
const errors = new Table({ style });
errors.push(
  [`error, autoencoder with codes of ${codes.codeSize}`, codes.error.toFixed(5)],
  [`error, ${codes.codeSize} principal components`, codes.componentsError.toFixed(5)],
  ['error, the mean image', codes.meanError.toFixed(5)],
  ['training', `${codes.seconds.toFixed(0)} s`],
  ['exported encoder apart', codes.exportDifference.encoder.toExponential(1)],
  ['exported decoder apart', codes.exportDifference.decoder.toExponential(1)],
);
console.log(errors.toString());
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const row = (name: string, way: WayResults): (string | number)[] => [
  name,
  percent(way.mean),
  way.accuracies.map(percent).join(', '),
  way.trained,
  `${way.millisecondsPerStep.toFixed(2)} ms`,
];
const ways = new Table({
  head: [`5 to 9 from ${fineTuning.images} images`, 'found', 'each draw', 'learning', 'a step'],
  style,
});
ways.push(
  row('from scratch', fineTuning.scratch),
  row('frozen layers of 0 to 4', fineTuning.frozen),
  row('all layers, from 0 to 4', fineTuning.whole),
);
console.log(ways.toString());
writeResults(command, results);
if (command.json !== undefined) {
  writePng(join(dirname(command.json), 'digits.png'), picture);
}
