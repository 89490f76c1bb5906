import { dirname, join } from 'node:path';
import { readCommand, writePng, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runGan } from './gan.ts';
import type { Judgement } from './judge.ts';
import type { GeneratorResult } from './play-game.ts';

const command = readCommand('09-gan', process.argv.slice(2));
const { results, pictures } = await runGan(command, (line) => console.log(line));
const { ring, digits } = results;
const style = { head: [], border: [], compact: true };
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const points = new Table({ style });
points.push(
  ['steps', ring.steps],
  ['seconds', ring.seconds.toFixed(1)],
  ['samples within three deviations', percent(ring.near)],
  ['least of a mode', percent(Math.min(...ring.modes))],
  ['most of a mode', percent(Math.max(...ring.modes))],
  ['exported generator apart', ring.exportDifference.toExponential(1)],
);
console.log(points.toString());
console.log(`classifier: ${(100 * digits.classifier.accuracy).toFixed(2)} % of the test images`);
const images = new Table({
  head: ['', 'sure', 'as asked', 'least and most of a digit', 'distance', 'training', 'exported'],
  style,
});
const judged = ({ confident, right, classes, distance }: Judgement): string[] => [
  percent(confident),
  right === undefined ? '' : percent(right),
  `${percent(Math.min(...classes))}, ${percent(Math.max(...classes))}`,
  distance.toFixed(2),
];
const row = (name: string, game: GeneratorResult): string[] => [
  name,
  ...judged(game),
  `${game.seconds.toFixed(0)} s`,
  game.exportDifference.toExponential(1),
];
images.push(
  ['real digits', ...judged(digits.real), '', ''],
  row('one dense layer', digits.games.plain),
  row('any digit', digits.games.digits),
  row('digits asked for', digits.games.asked),
  row('digits from edges', digits.games.edges),
);
console.log(images.toString());
writeResults(command, results);
if (command.json !== undefined) {
  for (const [name, picture] of Object.entries(pictures)) {
    writePng(join(dirname(command.json), `${name}.png`), picture);
  }
}
