import { filterGradient } from './filter-gradient.mjs';
import { inputGradient } from './input-gradient.mjs';
import { averagePoolGradient, maxPoolGradient } from './pool-gradient.mjs';
import { reluGradient, sumOverImages } from './sums-and-masks.mjs';

/** For each family the shapes, and the ways by name; a way returns nothing where it does not apply. */
export const families = {
  'filter-gradient': filterGradient,
  'input-gradient': inputGradient,
  'max-pool-gradient': maxPoolGradient,
  'average-pool-gradient': averagePoolGradient,
  'sum-over-images': sumOverImages,
  'relu-gradient': reluGradient,
};
