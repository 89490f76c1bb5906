/**
 * Files for Node: writing them so that a crash leaves the old or the new one whole, and tensors in safetensors files.
 *
 * @packageDocumentation
 */
export { loadSafetensors, saveSafetensors } from './safetensors-file.ts';
export { writeFileAtomic } from './write-file-atomic.ts';
