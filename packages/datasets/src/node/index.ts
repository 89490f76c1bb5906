/**
 * Data sets from files, for Node.
 *
 * @packageDocumentation
 */

export { type LoadFashionMnistOptions, loadFashionMnist } from './load-fashion-mnist.ts';
export { type IrisFields, type LoadIrisOptions, loadIris } from './load-iris.ts';
export { type LoadMnistOptions, loadMnist } from './load-mnist.ts';
export { readIdxFile } from './read-idx-file.ts';
