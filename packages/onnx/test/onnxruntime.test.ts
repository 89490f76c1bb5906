import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';

import { encodeModel } from '../src/codec/encode-model.ts';
import type { ModelProto } from '../src/schema/onnx-pb.ts';
import { buildControlFlow, buildDense } from './support/built-models.ts';
import type { GoldenTensor } from './support/goldens.ts';
import { goldens } from './support/goldens.ts';

describe('encodeModel', () => {
  it.each<['dense' | 'control-flow', () => ModelProto]>([
    ['dense', buildDense],
    ['control-flow', buildControlFlow],
  ])('writes %s so that ONNX Runtime computes what it computed in Python', async (name, build) => {
    const { feeds, outputs } = goldens.files[name].onnxruntime ?? { feeds: {}, outputs: {} };
    const session = await InferenceSession.create(encodeModel(build()));
    const results = await session.run(
      Object.fromEntries(Object.entries(feeds).map(([key, value]) => [key, toTensor(value)])),
    );
    expect(Object.keys(results)).toEqual(Object.keys(outputs));
    for (const [key, { dims, data }] of Object.entries(outputs)) {
      expect(results[key]?.dims, key).toEqual(dims);
      expect(Array.from(results[key]?.data as Float32Array), key).toEqual(data);
    }
    await session.release();
  });
});

function toTensor({ dtype, dims, data }: GoldenTensor): Tensor {
  return dtype === 'int64'
    ? new Tensor('int64', BigInt64Array.from(data, BigInt), dims)
    : new Tensor('float32', Float32Array.from(data), dims);
}
