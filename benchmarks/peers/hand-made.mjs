// The graphs of models/, run as an expert would run them: on bare sessions, with state that goes back and forth between two
// sets of buffers.
import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-node';
import { sessionOptions } from '../timing.mjs';

const countOf = (dims) => dims.reduce((product, size) => product * size, 1);

async function createSession(file, threads) {
  const bytes = await readFile(new URL(`../models/${file}`, import.meta.url));
  return ort.InferenceSession.create(bytes, sessionOptions(threads));
}

/** Parameters as given, moments zero. */
function stateOf(parameters) {
  return Object.fromEntries(
    ['', 'm_', 'v_'].flatMap((prefix) =>
      Object.entries(parameters).map(([name, { dims, data }]) => [
        prefix + name,
        new ort.Tensor(
          'float32',
          prefix === '' ? data.slice() : new Float32Array(countOf(dims)),
          dims,
        ),
      ]),
    ),
  );
}

const withSuffix = (state, suffix) =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [name + suffix, value]));

/** A graph that makes one step: `models/dense-step.onnx`, `models/cnn-step.onnx`. */
export async function createStepPeer(file, parameters, { threads, imageDims }) {
  const session = await createSession(file, threads);
  const loss = new ort.Tensor('float32', new Float32Array(1), []);
  let from, to, step;
  const reset = () => {
    [from, to, step] = [stateOf(parameters), stateOf(parameters), 0];
  };
  reset();
  const train = async ({ images, labels }) => {
    step++;
    const size = labels.length;
    await session.run(
      {
        ...from,
        x: new ort.Tensor('float32', images, [size, ...imageDims]),
        label: new ort.Tensor('int32', labels, [size]),
        t: new ort.Tensor('float32', Float32Array.of(step), []),
      },
      { ...withSuffix(to, '.next'), loss },
    );
    [from, to] = [to, from];
    return loss.data[0];
  };
  return { reset, train };
}

/** A graph that makes as many steps as it is given rows of indices: `models/dense-loop.onnx`. */
export async function createLoopPeer(file, parameters, { images, labels }, { threads }) {
  const session = await createSession(file, threads);
  const data = {
    images: new ort.Tensor('float32', images, [labels.length, images.length / labels.length]),
    labels: new ort.Tensor('int32', labels, [labels.length]),
  };
  let from, to, step;
  const reset = () => {
    [from, to, step] = [stateOf(parameters), stateOf(parameters), 0];
  };
  reset();
  /** `indices` is flat, `batchSize` for each step. Returns the losses. */
  const train = async (indices, batchSize) => {
    const steps = indices.length / batchSize;
    const losses = new ort.Tensor('float32', new Float32Array(steps), [steps]);
    await session.run(
      {
        ...withSuffix(from, '.first'),
        ...data,
        indices: new ort.Tensor('int32', indices, [steps, batchSize]),
        first_t: new ort.Tensor('float32', Float32Array.of(step + 1), []),
      },
      { ...withSuffix(to, '.last'), losses },
    );
    step += steps;
    [from, to] = [to, from];
    return losses.data;
  };
  return { reset, train };
}
