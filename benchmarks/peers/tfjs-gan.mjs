// A generator and a discriminator of images by TensorFlow.js' operators, its own gradients and its own Adam, on its cpu engine.
import { register } from 'node:module';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

register('./tfjs-modules.mjs', import.meta.url);
await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');

/** Parameters are lists in the order of the layers. */
export async function createTfjsGan({ width }, generator, discriminator) {
  await tf.setBackend('cpu');
  await tf.ready();
  const variablesOf = (tensors) =>
    tensors.map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
  const [makers, judges] = [variablesOf(generator), variablesOf(discriminator)];
  const adam = () => tf.train.adam(2e-4, 0.5, 0.999, 1e-8);
  const [makerAdam, judgeAdam] = [adam(), adam()];

  const normalized = (x, gamma, beta) => {
    const axes = x.shape.map((_, axis) => axis).slice(0, -1);
    const { mean, variance } = tf.moments(x, axes, true);
    const scaled = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
    return tf.relu(tf.add(tf.mul(scaled, gamma), beta));
  };
  const make = (noise) => {
    const [k0, g0, b0, k1, g1, b1, k2, b2] = makers;
    const batch = noise.shape[0];
    const small = normalized(tf.reshape(tf.matMul(noise, k0), [batch, 7, 7, 2 * width]), g0, b0);
    const half = tf.conv2dTranspose(small, k1, [batch, 14, 14, width], 2, 'same');
    const whole = tf.conv2dTranspose(normalized(half, g1, b1), k2, [batch, 28, 28, 1], 2, 'same');
    return tf.sigmoid(tf.add(whole, b2));
  };
  const judge = (image) => {
    const [k0, b0, k1, b1, k2, b2] = judges;
    const half = tf.leakyRelu(tf.add(tf.conv2d(image, k0, 2, 'same'), b0), 0.2);
    const small = tf.leakyRelu(tf.add(tf.conv2d(half, k1, 2, 'same'), b1), 0.2);
    return tf.add(tf.matMul(tf.reshape(small, [image.shape[0], -1]), k2), b2);
  };
  const real = (logits) => tf.mean(tf.softplus(tf.neg(logits)));

  const step = (batch) =>
    tf.tidy(() => {
      const [image, first, second] = batch.map(({ data, shape }) => tf.tensor(data, shape));
      const fake = make(first);
      const judged = judgeAdam.minimize(
        () => tf.add(real(judge(image)), tf.mean(tf.softplus(judge(fake)))),
        true,
        judges,
      );
      const fooled = makerAdam.minimize(() => real(judge(make(second))), true, makers);
      return [judged.dataSync()[0], fooled.dataSync()[0]];
    });
  return { step };
}
