import type { DType, HostTensor, ProgramV1 } from '@etalon/spec';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../src/codec/encode-model.ts';
import { lowerToOnnx } from '../../src/lowering/lower-to-onnx.ts';
import { onnxNames } from '../../src/lowering/names.ts';
import type { LayoutPolicy } from '../../src/lowering/program-lowering.ts';

/** Program in ONNX Runtime. */
export interface OnnxSession {
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  release(): Promise<void>;
}

/** Encodes a program and hands the bytes to ONNX Runtime. */
export async function openOnnx(
  program: ProgramV1,
  options: { readonly threads?: number; readonly layout?: LayoutPolicy } = {},
): Promise<OnnxSession> {
  const { threads = 1, layout = 'onDemand' } = options;
  const session = await InferenceSession.create(encodeModel(lowerToOnnx(program, {}, layout)), {
    intraOpNumThreads: threads,
    logSeverityLevel: 2,
  });
  const names = onnxNames(program);
  return {
    run: async (inputs) => {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, tensor]) => [names.inputs[name], toOnnx(tensor)]),
      );
      const results = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(names.outputs).map(([name, onnx]) => [name, fromOnnx(results[onnx])]),
      );
    },
    release: () => session.release(),
  };
}

/** Runs a program once. */
export async function runOnnx(
  program: ProgramV1,
  inputs: Readonly<Record<string, HostTensor>>,
  options: Parameters<typeof openOnnx>[1] = {},
): Promise<Record<string, HostTensor>> {
  const session = await openOnnx(program, options);
  const results = await session.run(inputs);
  await session.release();
  return results;
}

function toOnnx({ dtype, shape, data }: HostTensor): Tensor {
  return new Tensor(dtype, data as Float32Array, shape);
}

function fromOnnx(tensor: Tensor | undefined): HostTensor {
  if (tensor === undefined) throw new Error('ONNX Runtime returned no such output');
  return { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data } as HostTensor;
}
