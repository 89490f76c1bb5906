// An LSTM by TensorFlow.js' operators and its own gradients, on its cpu engine.
import { register } from 'node:module';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

register('./tfjs-modules.mjs', import.meta.url);
await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');

export async function createTfjsLstm({ batch, time, units }, tensors) {
  await tf.setBackend('cpu');
  await tf.ready();
  const [x, ...parameters] = tensors.map(({ data, shape }) => tf.tensor(data, shape));
  const loss = (kernel, recurrent, bias) => {
    const columns = kernel.shape[0];
    const rows = tf.matMul(tf.reshape(x, [batch * time, columns]), kernel);
    const projected = tf.reshape(tf.add(rows, bias), [batch, time, 4 * units]);
    let hidden = tf.zeros([batch, units]);
    let cell = tf.zeros([batch, units]);
    for (const step of tf.unstack(projected, 1)) {
      const [i, f, g, o] = tf.split(tf.add(step, tf.matMul(hidden, recurrent)), 4, 1);
      cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
    }
    return tf.mean(tf.square(hidden));
  };
  const valueAndGradients = tf.valueAndGrads(loss);
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = valueAndGradients(parameters);
      return [value.dataSync()[0], ...grads.map((grad) => tf.sum(tf.square(grad)).dataSync()[0])];
    });
  return { run: step, check: step };
}
