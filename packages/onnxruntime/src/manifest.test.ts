import { operatorNames, operatorTraits } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { kernels } from './kernels.ts';
import { onnxRuntimeDevices, onnxRuntimeManifest } from './manifest.ts';

const deterministicOperators = operatorNames.filter(
  (name) => operatorTraits(name).kind !== 'random',
);

describe('onnxRuntimeManifest', () => {
  it('declares every operator but random draws on the CPU', () => {
    const { operators } = onnxRuntimeManifest('cpu', 2);
    expect(Object.keys(operators).sort()).toEqual([...deterministicOperators].sort());
    expect(Object.keys(kernels).sort()).toEqual([...deterministicOperators].sort());
  });

  it('leaves out on WebGPU what needs the places of maxima', () => {
    const { operators } = onnxRuntimeManifest('webgpu', 2);
    const absent = deterministicOperators.filter((name) => !(name in operators));
    expect(absent).toEqual(['maxPool2dGradient', 'maxPool2dSelect']);
  });

  it('declares special values on a GPU only where elements are moved', () => {
    expect(onnxRuntimeManifest('cpu', 1).operators.relu?.nonFinite).toBe(true);
    expect(onnxRuntimeManifest('cpu', 1).operators.maxPool2d?.nonFinite).toBe(false);
    for (const device of ['cuda', 'webgpu'] as const) {
      const { operators } = onnxRuntimeManifest(device, 1);
      expect(operators.relu?.nonFinite).toBe(false);
      expect(operators.transpose?.nonFinite).toBe(true);
    }
  });

  it('is plain data', () => {
    for (const device of onnxRuntimeDevices) {
      const manifest = onnxRuntimeManifest(device, 3);
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
      expect(manifest.threads).toEqual([1, 2, 3]);
    }
  });
});
