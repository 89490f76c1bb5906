import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectDatasetRejection, int32, uint8 } from '../../test/support.ts';
import type { Dataset } from '../dataset.ts';
import { encodeIdx } from '../encode-idx.ts';
import type { MnistFields } from '../mnist.ts';
import { mnistSample } from '../mnist-sample.ts';
import { loadMnist } from './load-mnist.ts';

let root = '';
let directory = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'etalon-mnist-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

function gatherAll(dataset: Dataset<MnistFields>) {
  return dataset.gather(Uint32Array.from({ length: dataset.size }, (_, i) => i));
}

async function writeSample(folder: string, finish = (bytes: Uint8Array) => bytes, end = '') {
  const { train, test } = mnistSample();
  for (const [part, dataset] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const { image, label } = gatherAll(dataset);
    const images = uint8([...image.data], [dataset.size, 28, 28]);
    const labels = uint8([...label.data]);
    await writeFile(join(folder, `${part}-images-idx3-ubyte${end}`), finish(encodeIdx(images)));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte${end}`), finish(encodeIdx(labels)));
  }
}

beforeEach(async () => {
  count += 1;
  directory = join(root, String(count));
  await mkdir(directory);
});

describe('loadMnist', () => {
  it('loads the four files of a folder', async () => {
    await writeSample(directory);
    const { train, test } = await loadMnist({ directory });
    expect(train.fields).toEqual(mnistSample().train.fields);
    expect(gatherAll(train)).toEqual(gatherAll(mnistSample().train));
    expect(gatherAll(test)).toEqual(gatherAll(mnistSample().test));
  });

  it('finds compressed files', async () => {
    await writeSample(directory, gzipSync, '.gz');
    const { test } = await loadMnist({ directory });
    expect(gatherAll(test)).toEqual(gatherAll(mnistSample().test));
  });

  it('names the missing file and its folder', async () => {
    await writeSample(directory);
    await rm(join(directory, 't10k-labels-idx1-ubyte'));
    await expectDatasetRejection(
      loadMnist({ directory }),
      'FILE_NOT_FOUND',
      /none of t10k-labels-idx1-ubyte, t10k-labels-idx1-ubyte\.gz, t10k-labels\.idx1-ubyte/,
    );
  });

  it.each([
    ['train-images-idx3-ubyte', uint8([1, 2], [2, 1, 1]), /images of MNIST, got uint8\[2, 1, 1\]/],
    ['train-images-idx3-ubyte', int32([], [0, 28, 28]), /images of MNIST, got int32\[0, 28, 28\]/],
    ['train-labels-idx1-ubyte', uint8([1, 2], [1, 2]), /labels of MNIST, got uint8\[1, 2\]/],
    ['train-labels-idx1-ubyte', uint8([1, 2]), /differs from .* got 2\.\nExpected 150/],
    ['t10k-labels-idx1-ubyte', uint8(Array(50).fill(10)), /label 0 is not a digit, got 10/],
  ])('rejects another %s', async (name, tensor, message) => {
    await writeSample(directory);
    await writeFile(join(directory, name), encodeIdx(tensor));
    await expectDatasetRejection(loadMnist({ directory }), 'MNIST_FORMAT', message);
  });

  it('passes on what is wrong with a file', async () => {
    await writeSample(directory);
    await writeFile(join(directory, 'train-images-idx3-ubyte'), new Uint8Array(3));
    await expectDatasetRejection(
      loadMnist({ directory }),
      'IDX_TRUNCATED',
      /train-images-idx3-ubyte: the file ends inside the magic number, got 3 bytes/,
    );
  });
});
