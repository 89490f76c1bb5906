import { describe, expect, it } from 'vitest';
import { fakeRuntime } from '../test/fake-runtime.ts';
import { programOf } from '../test/programs.ts';
import type { KernelEvent, PlacementRequest, TraceRequest } from './placement.ts';
import { placeNodes } from './placement.ts';

const program = programOf('rows', ({ input, node, output }) => {
  const x = input('x', 'int32', ['n']);
  const y = node('div', [x, x], 'int32', ['n']);
  output('y', node('neg', [y], 'int32', ['n']));
  output('z', node('abs', [y], 'int32', ['n']));
});

function request(
  events: readonly KernelEvent[],
  seen: TraceRequest[] = [],
  more: Partial<PlacementRequest> = {},
): PlacementRequest {
  return {
    program,
    plan: undefined,
    device: 'webgpu',
    runtime: fakeRuntime(),
    sessionOptions: {
      executionProviders: ['webgpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 4,
    },
    traceKernels: async (trace) => {
      seen.push(trace);
      return events;
    },
    ...more,
  };
}

const gpu = 'WebGpuExecutionProvider';
const cpu = 'CPUExecutionProvider';

describe('placeNodes', () => {
  it('tells native, decomposed and fallen-back nodes apart', async () => {
    const placement = await placeNodes(
      request([
        { node: 'div_0', operator: 'Div', provider: cpu },
        { node: 'neg_1/Shape', operator: 'Shape', provider: cpu },
        { node: 'neg_1_token_12', operator: 'Neg', provider: gpu },
        { node: 'abs_2/Neg', operator: 'Neg', provider: gpu },
        { node: 'abs_2_3', operator: 'Max', provider: gpu },
        { node: 'elsewhere', operator: 'Abs', provider: cpu },
      ]),
    );
    expect(placement).toEqual([
      { path: 'div_0', operator: 'div', kind: 'fallback', device: 'cpu' },
      { path: 'neg_1', operator: 'neg', kind: 'native', device: 'webgpu' },
      { path: 'abs_2', operator: 'abs', kind: 'decomposed', device: 'webgpu' },
    ]);
  });

  it('counts a node that needed no kernel as native', async () => {
    const [first] = await placeNodes(request([]));
    expect(first).toMatchObject({ kind: 'native', device: 'webgpu' });
  });

  it('runs the graph as it was written', async () => {
    const seen: TraceRequest[] = [];
    await placeNodes(request([], seen));
    expect(seen[0]?.options.graphOptimizationLevel).toBe('disabled');
    expect(seen[0]?.makeFeeds().x).toMatchObject({ dims: [1], data: Int32Array.of(0) });
  });

  it('guesses sizes that leave no axis empty, and prefers those of a run', async () => {
    const pooled = programOf('pooled', ({ input, node, output }) => {
      const x = input('x', 'float32', ['n']);
      const left = {
        terms: [
          { coefficient: 1, factors: ['n'] },
          { coefficient: -5, factors: [] },
        ],
      };
      output(
        'y',
        node('slice', [x], 'float32', [left], { starts: [5], sizes: [left], strides: [1] }),
      );
    });
    const seen: TraceRequest[] = [];
    await placeNodes(request([], seen, { program: pooled }));
    await placeNodes(
      request([], seen, { program: pooled, plan: { inputShapes: [[6]], outputs: [] } }),
    );
    expect(seen.map(({ makeFeeds }) => makeFeeds().x?.dims)).toEqual([[8], [6]]);
  });

  it('wraps a failure of the trial run', async () => {
    const cause = new Error('no adapter');
    const failing = request([], [], { traceKernels: () => Promise.reject(cause) });
    await expect(placeNodes(failing)).rejects.toMatchObject({
      code: 'BACKEND_PLACEMENT_FAILED',
      cause,
    });
  });
});
