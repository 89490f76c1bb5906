import { addDimensions, multiplyDimensions } from '@etalon/compiler';
import type { NodeV1, ProgramV1 } from '@etalon/spec';
import { UnsupportedOperatorError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { readTensor } from '../src/codec/read-tensor.ts';
import { encodeOnnx } from '../src/encode-onnx.ts';
import { lowerToOnnx } from '../src/lowering/lower-to-onnx.ts';
import type { GraphProto, ValueInfoProto } from '../src/schema/onnx-pb.ts';
import { floats, ints, ProgramBuilder, type } from './support/program-builder.ts';
import { runOnnx } from './support/run-onnx.ts';

const square = { strides: [1, 1], dilations: [1, 1], groups: 1 } as const;
const unpadded = [
  [0, 0],
  [0, 0],
] as const;
const convolution = { ...square, padding: unpadded };

function graphOf(program: ProgramV1): GraphProto {
  const { graph } = lowerToOnnx(program);
  if (graph === undefined) throw new Error('no graph');
  return graph;
}

function nodesOf(program: ProgramV1): readonly string[] {
  return graphOf(program).node.map(
    ({ opType, name, output }) => `${opType} ${name} -> ${output.join(', ')}`,
  );
}

function dimsOf(info: ValueInfoProto | undefined): readonly (bigint | string | undefined)[] {
  const tensor = info?.type?.value;
  if (tensor?.case !== 'tensorType') return [];
  return tensor.value.shape?.dim.map(({ value }) => value.value) ?? [];
}

function dense(): ProgramV1 {
  const builder = new ProgramBuilder('dense');
  const x = builder.input('x', 'float32', ['batch', 2]);
  const kernel = builder.constant('dense_1/kernel', floats([2, 3], [1, 2, 3, 4, 5, 6]));
  const rows = type('float32', ['batch', 3]);
  const product = builder.node('matmul', [x, kernel], {}, rows, 'dense_1 › matmul');
  const once = builder.node('relu', [product], {}, rows, 'dense_1 › relu');
  const twice = builder.node('relu', [once], {}, rows, 'dense_1 › relu');
  builder.output('logits', twice);
  return builder.finish();
}

describe('lowerToOnnx', () => {
  it('names nodes and tensors after paths, outputs after themselves, and numbers repetitions', () => {
    expect(nodesOf(dense())).toEqual([
      'MatMul dense_1/matmul -> dense_1/matmul',
      'Relu dense_1/relu -> dense_1/relu',
      'Relu dense_1/relu_2 -> logits',
    ]);
    const { name, initializer } = graphOf(dense());
    expect(name).toBe('dense');
    expect(initializer.map((tensor) => tensor.name)).toEqual(['dense_1/kernel']);
    expect(initializer[0]?.rawData).toHaveLength(24);
  });

  it('prefixes the nodes that one operator becomes with its path', () => {
    const builder = new ProgramBuilder('cast');
    const x = builder.input('x', 'float32', [3]);
    const y = builder.node('cast', [x], { to: 'int32' }, type('int32', [3]), 'head › cast');
    builder.output('y', y);
    const nodes = nodesOf(builder.finish());
    expect(nodes).toHaveLength(6);
    expect(nodes.every((node) => node.split(' ')[1]?.startsWith('head/cast'))).toBe(true);
    expect(nodes.at(-1)).toBe('Where head/cast -> y');
  });

  it('names a node without a path after its operator', () => {
    const builder = new ProgramBuilder('bare');
    const x = builder.input('x', 'float32', [3]);
    builder.output('y', builder.node('relu', [x], {}, type('float32', [3]), ''));
    expect(nodesOf(builder.finish())).toEqual(['Relu relu -> y']);
  });

  it('declares names as named dimensions and expressions by their text', () => {
    const builder = new ProgramBuilder('joined');
    const x = builder.input('x', 'float32', ['batch', 4]);
    const shape = [multiplyDimensions('batch', 4)];
    builder.output('y', builder.node('reshape', [x], { shape }, type('float32', shape)));
    const { input, output } = graphOf(builder.finish());
    expect(dimsOf(input[0])).toEqual(['batch', 4n]);
    expect(dimsOf(output[0])).toEqual(['4·batch']);
  });

  it('pins the operator set and writes the metadata that it is given', () => {
    const model = lowerToOnnx(dense(), { metadata: { licence: 'CC0', author: 'me' } });
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 20n]]);
    expect(model.irVersion).toBe(9n);
    expect(model.producerName).toBe('etalon');
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['licence', 'CC0'],
      ['author', 'me'],
    ]);
  });

  it('gives the same bytes for the same program', () => {
    const bytes = encodeOnnx(dense());
    expect(encodeOnnx(structuredClone(dense()))).toEqual(bytes);
    expect(bytes).not.toEqual(encodeOnnx({ ...dense(), name: 'other' }));
  });

  it('returns inputs, constants and values with several names through Identity', async () => {
    const builder = new ProgramBuilder('aliases');
    const x = builder.input('x', 'float32', [2]);
    const c = builder.constant('c', floats([2], [5, 6]));
    const row = type('float32', [2]);
    const doubled = builder.node('add', [x, x], {}, row);
    const same = builder.node('identity', [doubled], {}, row);
    const whole = builder.node('reshape', [doubled], { shape: [2] }, row);
    for (const [name, value] of Object.entries({
      x,
      c,
      first: doubled,
      second: doubled,
      same,
      whole,
    })) {
      builder.output(name, value);
    }
    const program = builder.finish();
    expect(nodesOf(program)).toEqual([
      'Add add -> first',
      'Identity outputs/x.next -> x.next',
      'Identity outputs/c -> c',
      'Identity outputs/second -> second',
      'Identity outputs/same -> same',
      'Identity outputs/whole -> whole',
    ]);
    const results = await runOnnx(program, { x: floats([2], [1, 2]) });
    expect(Object.entries(results).map(([name, { data }]) => [name, ...data])).toEqual([
      ['x', 1, 2],
      ['c', 5, 6],
      ['first', 2, 4],
      ['second', 2, 4],
      ['same', 2, 4],
      ['whole', 2, 4],
    ]);
  });

  it('adds a bias inside the convolution when nothing else reads its result', () => {
    const build = (readTwice: boolean): ProgramV1 => {
      const builder = new ProgramBuilder('bias');
      const x = builder.input('x', 'float32', ['batch', 3, 3, 2]);
      const filter = builder.input('filter', 'float32', [2, 2, 2, 5]);
      const bias = builder.input('bias', 'float32', [5]);
      const image = type('float32', ['batch', 2, 2, 5]);
      const y = builder.node('conv2d', [x, filter], convolution, image);
      builder.output('y', builder.node('add', [bias, y], {}, image));
      if (readTwice) builder.output('z', builder.node('relu', [y], {}, image));
      return builder.finish();
    };
    const fused = graphOf(build(false)).node;
    expect(fused.map(({ opType }) => opType)).toEqual([
      'Transpose',
      'Transpose',
      'Conv',
      'Transpose',
    ]);
    expect(fused[2]?.input).toEqual(['x/nchw', 'conv2d/Transpose', 'bias']);
    expect(fused[3]?.output).toEqual(['y']);
    expect(graphOf(build(true)).node.map(({ opType }) => opType)).toContain('Add');
  });

  it('stores a known filter once, in the order that ONNX reads', () => {
    const builder = new ProgramBuilder('filter');
    const x = builder.input('x', 'float32', ['batch', 3, 3, 1]);
    const filter = builder.constant('conv2d_1/kernel', floats([1, 2, 1, 3], [1, 2, 3, 4, 5, 6]));
    const y = builder.node('conv2d', [x, filter], convolution, type('float32', ['batch', 3, 2, 3]));
    builder.output('y', y);
    const weights = graphOf(builder.finish()).initializer.filter(({ name }) =>
      name.startsWith('conv2d_1'),
    );
    expect(weights.map((tensor) => readTensor(tensor))).toEqual([
      {
        name: 'conv2d_1/kernel/oihw',
        dims: [3, 1, 1, 2],
        dtype: 'float32',
        data: Float32Array.of(1, 4, 2, 5, 3, 6),
      },
    ]);
  });

  it.each([
    { way: 'its indices', strides: 3, rows: 1, expected: [['maxPool2d', 2]] },
    {
      way: 'pools of parts of windows of 2 x 2',
      strides: 2,
      rows: 2,
      expected: [
        ['maxPool2d', 1],
        ['maxPool2dGradient/MaxPool', 1],
        ['maxPool2dGradient/MaxPool_2', 1],
        ['maxPool2dGradient/MaxPool_3', 1],
      ],
    },
  ])(
    'finds the maxima of pooling windows once for its gradient and selection, by $way',
    ({ strides, rows, expected }) => {
      const builder = new ProgramBuilder('maxima');
      const attributes = {
        windowSize: [2, 2],
        strides: [strides, strides],
        padding: unpadded,
      } as const;
      const image = type('float32', ['batch', 4, 5, 2]);
      const small = type('float32', ['batch', rows, 2, 2]);
      const x = builder.input('x', 'float32', image.shape);
      const dy = builder.input('dy', 'float32', small.shape);
      builder.output('y', builder.node('maxPool2d', [x], attributes, small));
      builder.output('dx', builder.node('maxPool2dGradient', [x, dy], attributes, image));
      builder.output('picked', builder.node('maxPool2dSelect', [x, x], attributes, small));
      const { node } = graphOf(builder.finish());
      const pools = node.filter(({ opType }) => opType === 'MaxPool');
      expect(pools.map(({ name, output }) => [name, output.length])).toEqual(expected);
      expect(node.filter(({ opType }) => opType === 'MaxUnpool')).toHaveLength(1);
    },
  );

  it('reshapes an image of one channel instead of transposing it', () => {
    const builder = new ProgramBuilder('channel');
    const x = builder.input('x', 'float32', ['batch', 4, 4, 1]);
    const attributes = { windowSize: [2, 2], strides: [2, 2], padding: unpadded } as const;
    const small = type('float32', ['batch', 2, 2, 1]);
    builder.output('y', builder.node('averagePool2d', [x], attributes, small));
    expect(graphOf(builder.finish()).node.map(({ opType }) => opType)).toEqual([
      'Reshape',
      'AveragePool',
      'Reshape',
    ]);
  });

  it('computes a size that several operators need once, and reshapes by constants where it can', () => {
    const builder = new ProgramBuilder('sizes');
    const x = builder.input('x', 'float32', ['batch', 'time', 6]);
    const twice = multiplyDimensions('time', 2);
    const shape = ['batch', twice, 3];
    const split = builder.node('reshape', [x], { shape }, type('float32', shape));
    const one = builder.constant('one', floats([1, 1, 3], [1, 1, 1]));
    const ones = builder.node('expand', [one], { shape }, type('float32', shape));
    const sum = builder.node('add', [split, ones], {}, type('float32', shape));
    builder.output('y', builder.node('expand', [one], { shape }, type('float32', shape)));
    builder.output('sum', sum);
    const { node } = graphOf(builder.finish());
    expect(node.map(({ opType }) => opType).sort()).toEqual([
      'Add',
      'Concat',
      'Expand',
      'Expand',
      'Mul',
      'Reshape',
      'Shape',
      'Shape',
    ]);
    const reshape = node.find(({ opType }) => opType === 'Reshape');
    expect(reshape?.input[1]).toBe('constants/int64[0,-1,3]');
  });

  it('gives a small constant that several operators use one initializer', () => {
    const builder = new ProgramBuilder('constants');
    const x = builder.input('x', 'float32', [2, 3]);
    const axes = { axes: [1], keepDims: false };
    builder.output('a', builder.node('reduceSum', [x], axes, type('float32', [2])));
    builder.output('b', builder.node('reduceMean', [x], axes, type('float32', [2])));
    expect(graphOf(builder.finish()).initializer.map(({ name }) => name)).toEqual([
      'constants/int64[1]',
    ]);
  });

  it('refuses random draws and names the remedy', () => {
    const builder = new ProgramBuilder('dropout');
    const attributes = { shape: [2], stream: 'dropout_1', probability: 0.5 };
    const mask = builder.node(
      'randomBernoulli',
      [],
      attributes,
      type('bool', [2]),
      'dropout_1 › randomBernoulli',
    );
    builder.output('mask', mask);
    const program = builder.finish();
    expect(() => lowerToOnnx(program)).toThrow(UnsupportedOperatorError);
    expect(() => lowerToOnnx(program)).toThrow(
      expect.objectContaining({
        code: 'OPERATOR_UNSUPPORTED',
        message: expect.stringMatching(
          /^dropout_1 › randomBernoulli: .*got stream "dropout_1"\.\n.*\nFix: .*`prepare`/s,
        ),
      }),
    );
  });

  it('refuses an operator that it does not know by name', () => {
    const program = dense();
    const nodes = [{ ...program.nodes[0], operator: 'toString' } as unknown as NodeV1];
    expect(() => lowerToOnnx({ ...program, nodes })).toThrow(
      expect.objectContaining({
        code: 'OPERATOR_UNSUPPORTED',
        message: expect.stringContaining('got "toString"'),
      }),
    );
  });

  it('reports a value that nothing defines as a bug', () => {
    const program = { ...dense(), nodes: dense().nodes.slice(1) };
    expect(() => lowerToOnnx(program)).toThrow(expect.objectContaining({ code: 'INTERNAL_VALUE' }));
  });

  it('reports a size that no input carries as a bug', () => {
    const builder = new ProgramBuilder('unbound');
    const size = builder.node('dimensionSize', [], { dimension: 'time' }, type('int32', []));
    builder.output('size', size);
    expect(() => lowerToOnnx(builder.finish())).toThrow(
      expect.objectContaining({ code: 'INTERNAL_UNBOUND_DIMENSION' }),
    );
  });

  it('gathers rows by indices that it computed as a sum of sizes', async () => {
    const builder = new ProgramBuilder('last');
    const x = builder.input('x', 'int32', ['batch']);
    const dimension = addDimensions('batch', -1);
    const last = builder.node('dimensionSize', [], { dimension }, type('int32', []));
    builder.output('y', builder.node('gather', [x, last], { axis: 0 }, type('int32', [])));
    const { y } = await runOnnx(builder.finish(), { x: ints([3], [7, 8, 9]) });
    expect(y).toEqual({ dtype: 'int32', shape: [], data: Int32Array.of(9) });
  });
});
