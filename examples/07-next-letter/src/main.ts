import { readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runNextLetter } from './next-letter.ts';

const command = readCommand('07-next-letter', process.argv.slice(2));
const results = await runNextLetter(command, (line) => console.log(line));
const { word, lstm, gpt, fiveGramBits, letters } = results;
const table = new Table({
  head: ['', 'LSTM', 'GPT'],
  style: { head: [], border: [], compact: true },
});
table.push(
  ['parameters', lstm.parameters, gpt.parameters],
  ['bits per letter', lstm.bits.toFixed(3), gpt.bits.toFixed(3)],
  ['training', `${lstm.seconds.toFixed(0)} s`, `${gpt.seconds.toFixed(0)} s`],
  [
    'typed letter by letter',
    ...[lstm, gpt].map(({ streaming }) => (streaming.sameLetters ? 'the same' : 'OTHER LETTERS')),
  ],
  ['scores apart', ...[lstm, gpt].map(({ streaming }) => streaming.difference.toExponential(1))],
);
const { cache } = gpt;
console.log(`"i" after "h": ${word.steps} steps, ${word.seconds.toFixed(2)} s`);
console.log(`${letters} letters; a 5-gram needs ${fiveGramBits.toFixed(3)} bits per letter`);
console.log(table.toString());
console.log(
  `a letter at context ${cache.context}: ${cache.withCache.toFixed(2)} ms with a cache, ${cache.withoutCache.toFixed(2)} ms without, ${cache.ratio.toFixed(1)} times`,
);
console.log(`\nLSTM: ${lstm.sample}\n\nGPT: ${gpt.sample}`);
writeResults(command, results);
