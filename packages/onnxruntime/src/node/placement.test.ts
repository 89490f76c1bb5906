import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@etalon/compiler';
import { add, constant, mul, scan, step, tensor, traceProgram } from '@etalon/compiler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { float32, programOf } from '../../test/programs.ts';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

const network = programOf('network', ({ input, node, output }) => {
  const x = input('x', 'float32', ['batch', 4]);
  const kernel = input('kernel', 'float32', [4, 3]);
  const y = node('matmul', [x, kernel], 'float32', ['batch', 3]);
  output('logits', y);
  output('sign', node('step', [y], 'float32', ['batch', 3]));
  output('share', node('softmax', [y], 'float32', ['batch', 3], { axis: 1 }));
});

describe('placement', () => {
  const { TMPDIR } = process.env;
  let backend: OnnxRuntimeBackend;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etalon-test-'));
    process.env.TMPDIR = folder;
    backend = await createOnnxRuntimeBackend();
  });

  afterAll(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await backend.dispose();
    await rm(folder, { recursive: true });
  });

  it('reports each node of the program, before and after a run', async () => {
    const executable = await backend.compile(network);
    const expected = [
      { path: 'matmul_0', operator: 'matmul', kind: 'native', device: 'cpu' },
      { path: 'step_1', operator: 'step', kind: 'decomposed', device: 'cpu' },
      { path: 'softmax_2', operator: 'softmax', kind: 'native', device: 'cpu' },
    ];
    expect(await executable.placement()).toEqual(expected);
    await executable.run({
      x: float32([5, 4], Array(20).fill(1)),
      kernel: float32([4, 3], Array(12).fill(1)),
    });
    expect(await executable.placement()).toEqual(expected);
  });

  it('reports the nodes of loops after the loop, those of each apart', async () => {
    const program = traceProgram('loops', { x: tensor('float32', ['n', 2]) }, ({ x }) => {
      const total = scan((sum: Tensor, row: Tensor) => ({ carried: add(sum, row), stacked: row }), {
        carried: constant([0, 0]),
        stacked: x,
      });
      const inner = (rows: Tensor) =>
        scan((sum: Tensor, row: Tensor) => ({ carried: add(sum, step(row)), stacked: {} }), {
          carried: constant([0, 0]),
          stacked: rows,
        });
      return {
        y: scan(
          (sum: Tensor) => ({ carried: mul(sum, inner(total.stacked).carried), stacked: {} }),
          { carried: total.carried, length: 2 },
        ).carried,
      };
    });
    const executable = await backend.compile(program);
    const places = await executable.placement();
    expect(places.map(({ path, operator, kind }) => `${path} ${operator} ${kind}`)).toEqual([
      'scan scan native',
      'add add native',
      'scan scan native',
      'scan scan native',
      'step step decomposed',
      'add add native',
      'mul mul native',
    ]);
    expect(new Set(places.map(({ device }) => device))).toEqual(new Set(['cpu']));
  });

  it('deletes the profile', async () => {
    const executable = await backend.compile(network);
    await executable.placement();
    expect(await readdir(folder)).toEqual([]);
  });
});
