import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createOnnxRuntimeBackend as createWebBackend } from '@etalon/onnxruntime/web';
import { createTfjsBackend } from '@etalon/tfjs/node';

const creations = {
  'onnxruntime-node': () => createOnnxRuntimeBackend(),
  'onnxruntime-web, one thread': () => createWebBackend({ threads: 1 }),
  'onnxruntime-web, two threads': () => createWebBackend({ threads: 2 }),
  '@tensorflow/tfjs-core': () => createTfjsBackend(),
};
for (const [name, create] of Object.entries(creations)) {
  const found = await create().then(
    () => 'a backend',
    (error) => `${error.code} ${error.message.replaceAll('\n', ' ')}`,
  );
  console.log(`${name}: ${found}`);
}
