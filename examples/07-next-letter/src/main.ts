import { readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runNextLetter } from './next-letter.ts';

const command = readCommand('07-next-letter', process.argv.slice(2));
const results = await runNextLetter(command, (line) => console.log(line));
const { book, word } = results;
const table = new Table({ style: { head: [], border: [], compact: true } });
table.push(
  ['"i" after "h"', `${word.steps} steps, ${word.seconds.toFixed(2)} s`],
  ['letters of the book', book.letters],
  ['parameters', book.parameters],
  ['bits per letter, LSTM', book.bits.toFixed(3)],
  ['bits per letter, 5-gram', book.fiveGramBits.toFixed(3)],
  ['training', `${book.seconds.toFixed(0)} s`],
  ['typed letter by letter', book.streaming.sameLetters ? 'the same letters' : 'OTHER LETTERS'],
  ['scores apart', book.streaming.difference.toExponential(1)],
);
console.log(table.toString());
console.log(`\n${book.sample}`);
writeResults(command, results);
