import { defineConfig } from 'vitest/config';

import { CountReporter } from './tools/count-reporter.mjs';

// TEST_DIST=1 drops the source condition: the same tests then run on the built packages.
const source = process.env.TEST_DIST === '1' ? [] : ['@etalon/source'];
const conditions = [...source, 'module', 'node', 'development|production'];

// Inline, because folders found by a glob do not inherit the resolve conditions of this file.
const project = (name: string, root: string) => ({
  extends: true as const,
  test: { name, root, include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', new CountReporter()],
    // Bounds for a hang, not for speed: the machine may be shared.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      project('spec', 'packages/spec'),
      project('compiler', 'packages/compiler'),
      project('reference', 'packages/reference'),
      project('worker', 'packages/worker'),
      project('onnx', 'packages/onnx'),
      project('onnxruntime', 'packages/onnxruntime'),
      project('tfjs', 'packages/tfjs'),
      project('core', 'packages/core'),
      project('conformance', 'packages/conformance'),
      project('datasets', 'packages/datasets'),
      project('environments', 'packages/environments'),
      project('quickstart', 'examples/quickstart'),
      project('perceptron', 'examples/01-perceptron'),
      project('activations', 'examples/02-activations'),
      project('linear-regression', 'examples/03-linear-regression'),
      project('tabular', 'examples/04-tabular'),
      project('filters', 'examples/05-filters'),
      project('digits', 'examples/06-digits'),
      project('next-letter', 'examples/07-next-letter'),
      project('forecast', 'examples/08-forecast'),
      project('gan', 'examples/09-gan'),
      project('representations', 'examples/10-representations'),
      project('minimal-backend', 'examples/minimal-backend'),
      project('benchmarks', 'benchmarks'),
      project('tools', 'tools'),
      {
        extends: true,
        test: { name: 'integrations', root: 'integrations', include: ['*.test.ts'] },
      },
    ],
  },
});
