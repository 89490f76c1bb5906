import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSafetensors } from '@etalon/core/node';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDigits } from './data.ts';
import type { QuickstartReport } from './quickstart.ts';
import { outsideBudget, runQuickstart } from './quickstart.ts';

// A small part of MNIST, two passes: enough to learn something, in seconds.
describe('runQuickstart on 2,000 images', () => {
  const lines: string[] = [];
  let folder = '';
  let report: QuickstartReport;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
    report = await runQuickstart({
      epochs: 2,
      limit: 2000,
      folder,
      print: (line) => lines.push(line),
    });
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('learns far more than chance', () => {
    expect(report.accuracy).toBeGreaterThan(0.8);
  });

  it('finds every engine inside its budget, by an accuracy that agrees', () => {
    expect(report.engines.map(({ name, images }) => [name, images])).toEqual([
      ['reference', 1000],
      ['onnxruntime-cpu', 2000],
      ['onnxruntime-wasm', 2000],
      ['tfjs-cpu', 1000],
      ['tfjs-wasm', 2000],
    ]);
    expect(outsideBudget(report.engines)).toEqual([]);
    const [reference, ...others] = report.engines;
    for (const { accuracy, images, maxAbsoluteDifference } of others) {
      // Computed by something else than the reference, to nearly the same scores.
      expect(maxAbsoluteDifference).toBeGreaterThan(0);
      const expected = images === reference?.images ? reference.accuracy : report.accuracy;
      expect(accuracy).toBeCloseTo(expected, 2);
    }
  });

  it('writes the report that it returns', async () => {
    const text = await readFile(join(folder, 'quickstart.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(report);
  });

  it('writes the weights by name', async () => {
    const { tensors } = await loadSafetensors(join(folder, 'digits.safetensors'));
    expect(tensors['conv2d_1/kernel']?.shape).toEqual([3, 3, 1, 16]);
    expect(tensors['dense_1/bias']?.shape).toEqual([10]);
  });

  it('writes a model that ONNX Runtime alone classifies as well with', async () => {
    const session = await InferenceSession.create(join(folder, 'digits.onnx'));
    const { test } = await loadDigits(2000);
    const indices = Uint32Array.from({ length: 500 }, (_, index) => index);
    const { image, label } = test.gather(indices);
    const { logits } = await session.run({ image: new Tensor('float32', image.data, image.shape) });
    const scores = logits?.data as Float32Array;
    const right = label.data.filter((truth, row) => {
      const own = scores.subarray(row * 10, row * 10 + 10);
      return own.indexOf(Math.max(...own)) === truth;
    });
    await session.release();
    expect(right.length / 500).toBeGreaterThan(0.75);
  });

  it('shows the summary, the table and the digits', () => {
    const text = lines.join('\n');
    expect(text).toContain('12,810');
    for (const { name } of report.engines) expect(text).toContain(` ${name} `);
    expect(text).toContain('read as');
  });
});

describe('outsideBudget', () => {
  const engine = {
    name: 'engine',
    images: 1,
    accuracy: 1,
    maxAbsoluteDifference: 1,
    budget: 1e-5,
    latencyMs: { batch1: 1, batch64: 1 },
  };

  it('names an engine above its budget', () => {
    expect(outsideBudget([{ ...engine, normwiseDifference: 2e-5 }])).toHaveLength(1);
  });

  it('names an engine whose difference is not a number', () => {
    expect(outsideBudget([{ ...engine, normwiseDifference: Number.NaN }])).toHaveLength(1);
  });
});
