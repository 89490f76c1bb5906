import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectDatasetRejection } from '../../test/support.ts';
import { loadFashionMnist } from './load-fashion-mnist.ts';
import { loadIris } from './load-iris.ts';

let root = '';
let directory = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'etalon-json-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  count += 1;
  directory = join(root, String(count));
  await mkdir(directory);
});

const write = (name: string, content: unknown): Promise<void> =>
  writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
const all = (size: number): Uint32Array => Uint32Array.from({ length: size }, (_, i) => i);

describe('loadIris', () => {
  it('reads features and species', async () => {
    await write('iris.json', [
      [5.1, 3.5, 1.4, 0.2, 'setosa'],
      [6.3, 3.3, 6, 2.5, 'virginica'],
    ]);
    const irises = await loadIris({ directory });
    expect(irises.fields).toEqual({
      features: { dtype: 'float32', shape: [4] },
      label: { dtype: 'int32', shape: [] },
    });
    const { features, label } = irises.gather(all(2));
    expect(features.data).toEqual(Float32Array.of(5.1, 3.5, 1.4, 0.2, 6.3, 3.3, 6, 2.5));
    expect([...label.data]).toEqual([0, 2]);
  });

  it.each([
    [{ data: [] }, /the file is not of the irises, got object/],
    [[[1, 2, 3, 4, 'rose']], /row 0 is not of the irises, got \[1,2,3,4,"rose"\]/],
    [[[1, 2, null, 4, 'setosa']], /row 0/],
    [[[1, 2, 3, 'setosa']], /row 0/],
    [['setosa'], /row 0/],
  ])('refuses %j', async (content, message) => {
    await write('iris.json', content);
    await expectDatasetRejection(loadIris({ directory }), 'IRIS_FORMAT', message);
  });

  it('tells of missing and damaged files', async () => {
    await expectDatasetRejection(
      loadIris({ directory }),
      'FILE_NOT_FOUND',
      /iris\.json: there is no such file/,
    );
    await write('iris.json', '[[5.1,');
    await expectDatasetRejection(
      loadIris({ directory }),
      'JSON_CORRUPT',
      /iris\.json: the file is not JSON, got /,
    );
  });
});

describe('loadFashionMnist', () => {
  // The first of seven images of a class is to test with; each pixel tells class and number.
  const image = (label: number, number: number): readonly number[] =>
    Array(784).fill(label * 10 + number);
  const writeAll = async (change: (label: number, images: unknown[]) => unknown = (_, i) => i) => {
    for (let label = 0; label < 10; label += 1) {
      const images = Array.from({ length: 7 }, (_, number) => image(label, number));
      await write(`${label}.json`, { data: change(label, images) });
    }
  };

  it('parts train and test, and lets classes take turns', async () => {
    await writeAll();
    const { train, test } = await loadFashionMnist({ directory });
    expect([train.size, test.size]).toEqual([60, 10]);
    expect(train.fields.image).toEqual({ dtype: 'uint8', shape: [28, 28, 1] });
    const digits = Array.from({ length: 10 }, (_, label) => label);
    const tested = test.gather(all(10));
    expect([...tested.label.data]).toEqual(digits);
    expect(digits.map((at) => tested.image.data[at * 784])).toEqual(digits.map((c) => c * 10));
    const trained = train.gather(Uint32Array.of(0, 13, 59));
    expect([...trained.label.data]).toEqual([0, 3, 9]);
    expect([0, 784, 1568].map((at) => trained.image.data[at])).toEqual([1, 32, 96]);
  });

  it('passes over the ends of the original files', async () => {
    await writeAll((label, images) =>
      label === 0 ? [images[0], [], ...images.slice(1), []] : images,
    );
    expect((await loadFashionMnist({ directory })).train.size).toBe(60);
  });

  it.each<[(label: number, images: unknown[]) => unknown, RegExp]>([
    [() => 3, /0\.json: there is no list of images, got number/],
    [() => [], /0\.json: images do not part .* got 0/],
    [(_, images) => images.slice(1), /0\.json: images do not part .* got 6/],
    [
      (label, images) => (label === 4 ? [...images, ...images] : images),
      /4\.json: .* class 0, got 14/,
    ],
    [
      (label, images) => (label === 2 ? [[1, 2], ...images] : images),
      /2\.json: image 0 .* got 2 values/,
    ],
    [
      (_, images) => [...images.slice(1), Array(784).fill(256)],
      /0\.json: image 6 is not 784 bytes/,
    ],
    [(_, images) => [...images.slice(1), 'x'], /0\.json: image 6 .* got string/],
  ])('refuses other files (case %#)', async (change, message) => {
    await writeAll(change);
    await expectDatasetRejection(loadFashionMnist({ directory }), 'FASHION_MNIST_FORMAT', message);
  });
});
