import { describe, expect, it } from 'vitest';
import { programOf } from '../test/programs.ts';
import { onnxRuntimeManifest } from './manifest.ts';
import { assertSupported } from './support.ts';

const manifest = onnxRuntimeManifest('cpu', 2);

describe('assertSupported', () => {
  it('accepts what the manifest declares', () => {
    const program = programOf('sum', ({ input, node, output }) => {
      const x = input('x', 'int32', ['n', 2]);
      output('y', node('reduceSum', [x], 'int32', ['n'], { axes: [1], keepDims: false }));
    });
    expect(() => assertSupported(program, manifest, 'onnxruntime-cpu')).not.toThrow();
  });

  it('names the node of a random draw', () => {
    const program = programOf('noisy', ({ node, output }) => {
      output('y', node('randomNormal', [], 'float32', [2], { shape: [2], stream: 'noise' }));
    });
    expect(() => assertSupported(program, manifest, 'onnxruntime-cpu')).toThrow(
      expect.objectContaining({
        code: 'OPERATOR_UNSUPPORTED',
        message:
          'noisy › randomNormal_0: backend "onnxruntime-cpu" does not run this node, got: operator "randomNormal" is not declared.\nFix: use `prepare(program, backend)`, which rewrites what a backend lacks and draws random numbers.',
        details: { operator: 'randomNormal', path: 'randomNormal_0', backend: 'onnxruntime-cpu' },
      }),
    );
  });

  it('names the node of a draw inside a loop', () => {
    const body = programOf('body', ({ input, node, output }) => {
      input('iteration', 'int32', []);
      output(
        'stacked/0',
        node('randomNormal', [], 'float32', [2], { shape: [2], stream: 'noise' }),
      );
    });
    const program = programOf('loop', ({ node, output }) => {
      const attributes = {
        body,
        length: 3,
        carried: 0,
        stacked: 0,
        reverse: false,
        draws: 'append',
      };
      output('y', node('scan', [], 'float32', [3, 2], attributes));
    });
    expect(() => assertSupported(program, manifest, 'onnxruntime-cpu')).toThrow(
      /^body › randomNormal_0: .*operator "randomNormal" is not declared/,
    );
  });

  it('names the node of a dtype outside the manifest', () => {
    const program = programOf('root', ({ input, node, output }) => {
      output('y', node('sqrt', [input('x', 'int32', [2])], 'int32', [2]));
    });
    expect(() => assertSupported(program, manifest, 'onnxruntime-cpu')).toThrow(
      /^root › sqrt_0: .*dtype int32 of "sqrt"/,
    );
  });
});
