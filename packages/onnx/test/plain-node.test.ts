import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  add,
  conv2d,
  emit,
  matmul,
  maxPool2d,
  relu,
  reshape,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import { evaluateProgram } from '@etalon/reference';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { encodeOnnx } from '../src/encode-onnx.ts';
import { noise } from './support/near-reference.ts';

const script = fileURLToPath(new URL('./plain-node/run-model.mjs', import.meta.url));

function classifier(): ProgramV1 {
  const inputs = { image: tensor('float32', ['batch', 8, 8, 1]) };
  return traceProgram('classifier', inputs, ({ image }) => {
    const { builder } = image['~trace'];
    const weight = (path: string, shape: readonly number[], seed: number) =>
      builder.constant(noise(shape, seed), path);
    const features = maxPool2d(
      relu(
        add(
          conv2d(image, weight('conv2d_1/kernel', [3, 3, 1, 4], 1)),
          weight('conv2d_1/bias', [4], 2),
        ),
      ),
      { windowSize: 2 },
    );
    const flat = reshape(features, ['batch', 36]);
    const logits = matmul(flat, weight('dense_1/kernel', [36, 3], 3));
    return { logits, label: emit('argMax', [logits], { axis: 1, keepDims: false }) };
  });
}

async function runPlainly(
  program: ProgramV1,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<Record<string, { dtype: string; shape: number[]; data: number[] }>> {
  const folder = await mkdtemp(join(tmpdir(), 'etalon-onnx-'));
  try {
    const [model, inputs] = [join(folder, 'model.onnx'), join(folder, 'feeds.json')];
    await writeFile(model, encodeOnnx(program));
    const plain = Object.entries(feeds).map(([name, { data, ...type }]) => [
      name,
      { ...type, data: Array.from(data) },
    ]);
    await writeFile(inputs, JSON.stringify(Object.fromEntries(plain)));
    const { stdout } = await promisify(execFile)(process.execPath, [script, model, inputs]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a file that encodeOnnx wrote', () => {
  it('runs in a program that uses onnxruntime-node alone', async () => {
    const feeds = { image: noise([3, 8, 8, 1], 7) };
    const { logits, label } = await runPlainly(classifier(), feeds);
    const expected = evaluateProgram(classifier(), feeds);
    expect(logits?.dtype).toBe('float32');
    expect(logits?.shape).toEqual([3, 3]);
    logits?.data.forEach((value, index) => {
      expect(value).toBeCloseTo(expected.logits?.data[index] ?? Number.NaN, 5);
    });
    expect(label).toEqual({
      dtype: 'int32',
      shape: [3],
      data: Array.from(expected.label?.data ?? []),
    });
  });
});
