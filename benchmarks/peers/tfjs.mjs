// TensorFlow.js as an expert would write it: plain operators, its own gradients, its own Adam, one tidy per step, no layers.
import { register } from 'node:module';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

register('./tfjs-modules.mjs', import.meta.url);
await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');

/** Trains on the engine `cpu` or `wasm`; wasm takes the threads it finds. */
export async function createTfjsPeer(engine, network, parameters) {
  await tf.setBackend(engine);
  await tf.ready();
  const values = Object.entries(parameters);
  let variables, optimizer;
  const reset = () => {
    for (const variable of Object.values(variables ?? {})) variable.dispose();
    optimizer?.dispose();
    variables = Object.fromEntries(
      values.map(([name, { dims, data }]) => [name, tf.variable(tf.tensor(data, dims))]),
    );
    optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  };
  reset();
  const train = async ({ images, labels }) => {
    await tf.setBackend(engine);
    const loss = tf.tidy(() => {
      const x = tf.tensor(images, [labels.length, 28, 28, 1]);
      const oneHot = tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
      return optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(oneHot, network(x, variables)),
        true,
        Object.values(variables),
      );
    });
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
  return { reset, train };
}

export function denseNetwork(x, { w0, b0, w1, b1, w2, b2 }) {
  const h0 = tf.relu(tf.add(tf.matMul(tf.reshape(x, [x.shape[0], 784]), w0), b0));
  const h1 = tf.relu(tf.add(tf.matMul(h0, w1), b1));
  return tf.add(tf.matMul(h1, w2), b2);
}

export function cnnNetwork(x, { w0, b0, w1, b1, w2, b2 }) {
  const h0 = tf.maxPool(tf.relu(tf.add(tf.conv2d(x, w0, 1, 'valid'), b0)), 2, 2, 'valid');
  const h1 = tf.maxPool(tf.relu(tf.add(tf.conv2d(h0, w1, 1, 'valid'), b1)), 2, 2, 'valid');
  return tf.add(tf.matMul(tf.reshape(h1, [x.shape[0], 800]), w2), b2);
}
