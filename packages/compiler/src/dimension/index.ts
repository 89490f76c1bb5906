export {
  addDimensions,
  dimensionsEqual,
  divideDimensionsExactly,
  elementCount,
  floorDivideDimension,
  multiplyDimensions,
  shapesEqual,
  subtractDimensions,
} from './arithmetic.ts';
export {
  bindInputShapes,
  collectDimensionNames,
  evaluateDimension,
  evaluateShape,
  substituteDimension,
} from './binding.ts';
export { formatDimension } from './canonical.ts';
export { dimensionFault } from './validity.ts';
