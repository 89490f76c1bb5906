// The reference in a worker, with runs that misbehave as the options say.
import { setTimeout } from 'node:timers/promises';
import { createReferenceBackend } from '@etalon/reference';
import { serveParent } from '@etalon/worker/node';

const behaviours = {
  exit: () => process.exit(3),
  throw: () => {
    globalThis.setTimeout(() => {
      throw new RangeError('unforeseen');
    });
    return new Promise(() => {});
  },
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(1_000_000).fill(kept.length));
  },
  wait: () => setTimeout(300),
  block: () => {
    const end = performance.now() + 300;
    while (performance.now() < end);
  },
};

serveParent((options) => {
  const inner = createReferenceBackend();
  return {
    specificationVersion: 'v1',
    name: inner.name,
    manifest: inner.manifest,
    upload: (tensor) => inner.upload(tensor),
    dispose: () => inner.dispose(),
    compile: async (...args) => {
      const executable = await inner.compile(...args);
      return {
        run: async (...inputs) => {
          await behaviours[options?.run]?.();
          return executable.run(...inputs);
        },
        placement: () => executable.placement(),
        dispose: () => executable.dispose(),
      };
    },
  };
});
