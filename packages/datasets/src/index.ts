/**
 * Data sets with random access, batching, seeded shuffles and splits, and the IDX format; stands alone
 * and runs in Node and in browsers.
 *
 * @packageDocumentation
 */

export { type AugmentOptions, augmentImages } from './augment-images.ts';
export { type BatchesOptions, batches } from './batches.ts';
export {
  type CharacterVocabulary,
  type CharacterVocabularyOptions,
  characterVocabulary,
} from './character-vocabulary.ts';
export { concatenate } from './concatenate.ts';
export type { Batch, Dataset, Fields, FieldType } from './dataset.ts';
export { datasetFromTensors, type FieldsOfTensors } from './dataset-from-tensors.ts';
export { type DecodeIdxOptions, decodeIdx } from './decode-idx.ts';
export { type EncodeIdxOptions, encodeIdx, type IdxType } from './encode-idx.ts';
export {
  DatasetError,
  type DatasetErrorCode,
  type DatasetErrorOptions,
  datasetErrorCodes,
} from './errors.ts';
export type { DType, HostTensor, HostTensorOf } from './host-tensor.ts';
export { type FieldReplaced, type MapOptions, mapExamples, mapField } from './map.ts';
export type { MnistDatasets, MnistFields } from './mnist.ts';
export { mnistSample } from './mnist-sample.ts';
export { type NormalizeOptions, normalize, normalizeField } from './normalize.ts';
export { oneHot, oneHotField } from './one-hot.ts';
export { imagesToFloat, type ScaleOptions, scale, scaleField } from './scale.ts';
export { type ShuffleOptions, shuffle, shuffledIndices } from './shuffle.ts';
export { type SplitByFraction, type SplitBySizes, split } from './split.ts';
export { subset, takeExamples } from './subset.ts';
export {
  type SeriesWindowFields,
  type SeriesWindowsOptions,
  type WindowFields,
  type WindowsOptions,
  windowsOf,
  windowsOfSeries,
} from './windows.ts';
