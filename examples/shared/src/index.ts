/**
 * What the numbered examples share.
 *
 * @packageDocumentation
 */
export type { BackendName } from './backends.ts';
export { backendNames, createBackend } from './backends.ts';
export type { ExampleCommand } from './command.ts';
export { readCommand, writeResults } from './command.ts';
export { openExported, verifyExported } from './exported.ts';
export type { GrayImage, GridOptions } from './images.ts';
export { imageGrid, writePng } from './images.ts';
export type { LinePlot } from './plot.ts';
export { plotLines } from './plot.ts';
