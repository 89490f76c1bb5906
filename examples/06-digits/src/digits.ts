import type { HostTensor } from '@etalon/core';
import { loadFashionMnist, loadMnist } from '@etalon/datasets/node';
import type { ExampleCommand, GrayImage } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import { classifier } from './classifier.ts';
import type { ImageReader, LearnedImages } from './learn-images.ts';
import { learnImages } from './learn-images.ts';
import { filterPicture, mapPicture } from './pictures.ts';

/** What the example finds. */
export interface DigitsResults {
  readonly backend: string;
  readonly digits: LearnedImages;
  readonly clothes: LearnedImages;
}

/** Results with the pictures of the network that read digits. */
export interface DigitsRun {
  readonly results: DigitsResults;
  readonly pictures: { readonly filters: GrayImage; readonly maps: GrayImage };
}

const budgets = {
  full: { count: 60_000, digits: 15, clothes: 25, widths: [16, 32, 64] },
  small: { count: 3600, digits: 3, clothes: 3, widths: [8, 16, 32] },
} as const;

/** Runs the example; the small budget learns from few images with few filters. */
export async function runDigits(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<DigitsRun> {
  const backend = await createBackend(name);
  try {
    const { count, widths, ...epochs } = budgets[budget];
    const digits = await learnImages(backend, classifier('digits', widths), {
      images: await loadMnist(),
      count,
      epochs: epochs.digits,
      augment: { shift: 0.08, rotation: 10, zoom: 0.1 },
      print,
    });
    const clothes = await learnImages(backend, classifier('clothes', widths), {
      images: await loadFashionMnist(),
      count,
      epochs: epochs.clothes,
      augment: { shift: 0.04, zoom: 0.05, flip: 'horizontal' },
      print,
    });
    const results = { backend: name, digits: digits.result, clothes: clothes.result };
    return { results, pictures: picturesOf(digits) };
  } finally {
    await backend.dispose();
  }
}

function picturesOf({ variables, maps }: ImageReader): DigitsRun['pictures'] {
  const kernel: HostTensor | undefined = variables.parameters['conv2d_1/kernel'];
  if (kernel === undefined) throw new RangeError('digits: the model has no first kernel');
  return { filters: filterPicture(kernel), maps: mapPicture(maps) };
}
