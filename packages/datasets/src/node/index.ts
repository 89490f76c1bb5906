/**
 * Data sets from files, for Node.
 *
 * @packageDocumentation
 */

export { type LoadMnistOptions, loadMnist } from './load-mnist.ts';
export { readIdxFile } from './read-idx-file.ts';
