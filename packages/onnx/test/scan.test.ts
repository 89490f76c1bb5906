import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  conv2d,
  dimensionSize,
  gather,
  greater,
  identity,
  logicalXor,
  matmul,
  maxPool2d,
  mul,
  reduceSum,
  relu,
  reshape,
  scan,
  sub,
  tanh,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { encodeOnnx } from '../src/encode-onnx.ts';
import { inspectOnnx } from '../src/inspect-onnx.ts';
import { lowerToOnnx, onnxNodeNames } from '../src/lowering/lower-to-onnx.ts';
import type { GraphProto } from '../src/schema/onnx-pb.ts';
import type { Feeds } from './support/near-reference.ts';
import { expectNearReference, noise } from './support/near-reference.ts';
import { ints } from './support/program-builder.ts';

/** A program with the inputs of `length` iterations. */
interface Case {
  readonly program: (length: number) => ProgramV1;
  readonly feeds: (length: number) => Feeds;
}

const lengths = [1, 2, 7];
const row = tensor('float32', [3]);
const bits = (shape: readonly number[], dtype: 'bool' | 'uint8'): HostTensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype, shape, data: Uint8Array.from({ length: count }, (_, at) => ((at * 5) % 3) & 1) };
};

function rows(reverse: boolean): Case['program'] {
  return () =>
    traceProgram('rows', { h: row, x: tensor('float32', ['steps', 3]) }, ({ h, x }) => {
      const { carried, stacked } = scan(
        (state: Tensor, slice: Tensor, index: Tensor) => {
          const next = add(mul(state, 0.5), mul(slice, cast(index, 'float32')));
          return { carried: next, stacked: { next, index, slice } };
        },
        { carried: h, stacked: x, reverse },
      );
      return { carried, ...stacked };
    });
}

const rowFeeds = (length: number): Feeds => ({ h: noise([3], 1), x: noise([length, 3], 2) });

const cases: Readonly<Record<string, Case>> = {
  'stacked slices and the index': { program: rows(false), feeds: rowFeeds },
  'the last slice first': { program: rows(true), feeds: rowFeeds },
  'carried values alone': {
    program: (length) =>
      traceProgram('carried', { h: row }, ({ h }) => ({
        y: scan((state: Tensor) => ({ carried: tanh(add(state, 0.25)), stacked: {} }), {
          carried: h,
          length,
        }).carried,
      })),
    feeds: () => ({ h: noise([3], 1) }),
  },
  'invariants, returned as they came too': {
    program: () =>
      traceProgram(
        'invariants',
        { h: row, x: tensor('float32', ['steps', 3]), w: tensor('float32', [3, 3]) },
        ({ h, x, w }) => {
          const { carried, stacked } = scan(
            (state: Tensor, slice: Tensor) => {
              const next = tanh(add(matmul(reshape(state, [1, 3]), w), slice));
              return { carried: reshape(next, [3]), stacked: { w, state, twice: state } };
            },
            { carried: h, stacked: x },
          );
          return { carried, ...stacked };
        },
      ),
    feeds: (length) => ({ ...rowFeeds(length), w: noise([3, 3], 3) }),
  },
  'a loop in a loop, reading from two graphs around': {
    program: () =>
      traceProgram(
        'nested',
        { h: row, x: tensor('float32', ['steps', 2, 3]), w: row },
        ({ h, x, w }) => {
          const { carried, stacked } = scan(
            (state: Tensor, slice: Tensor, outer: Tensor) => {
              const inside = scan(
                (inner: Tensor, part: Tensor, index: Tensor) => {
                  const weight = cast(add(mul(outer, 2), index), 'float32');
                  const next = add(mul(inner, w), mul(add(part, state), weight));
                  return { carried: next, stacked: next };
                },
                { carried: state, stacked: slice, reverse: true },
              );
              return { carried: tanh(inside.carried), stacked: inside.stacked };
            },
            { carried: h, stacked: x },
          );
          return { carried, stacked };
        },
      ),
    feeds: (length) => ({ h: noise([3], 1), x: noise([length, 2, 3], 2), w: noise([3], 3) }),
  },
  'other element types': {
    program: () =>
      traceProgram(
        'types',
        {
          flag: tensor('bool', [3]),
          flags: tensor('bool', ['steps', 3]),
          bytes: tensor('uint8', ['steps', 3]),
          count: tensor('int32', []),
        },
        ({ flag, flags, bytes, count }) => {
          const { carried, stacked } = scan(
            (state: { flag: Tensor; count: Tensor }, slice: { flags: Tensor; bytes: Tensor }) => {
              const next = logicalXor(state.flag, slice.flags);
              const total = add(state.count, reduceSum(cast(slice.bytes, 'int32'), { axes: [0] }));
              return { carried: { flag: next, count: total }, stacked: { next, ...slice } };
            },
            { carried: { flag, count }, stacked: { flags, bytes } },
          );
          return { last: carried, stacked };
        },
      ),
    feeds: (length) => ({
      flag: bits([3], 'bool'),
      flags: bits([length, 3], 'bool'),
      bytes: bits([length, 3], 'uint8'),
      count: ints([], [4]),
    }),
  },
  'named sizes and batches gathered by index': {
    program: () =>
      traceProgram(
        'batches',
        {
          w: tensor('float32', [3]),
          data: tensor('float32', ['rows', 3]),
          indices: tensor('int32', ['steps', 'batch']),
        },
        ({ w, data, indices }) => {
          const { carried, stacked } = scan(
            (weights: Tensor, index: Tensor) => {
              const batch = gather(data, index);
              const sum = mul(reduceSum(batch, { axes: [0] }), weights);
              const size = cast(dimensionSize('batch'), 'float32');
              return { carried: tanh(sum), stacked: mul(reshape(batch, [-1]), size) };
            },
            { carried: w, stacked: indices },
          );
          return { carried, stacked };
        },
      ),
    feeds: (length) => ({
      w: noise([3], 1),
      data: noise([9, 3], 2),
      indices: ints(
        [length, 2],
        Array.from({ length: length * 2 }, (_, at) => (at * 4) % 9),
      ),
    }),
  },
  'images, filters that change and filters that do not': {
    program: () =>
      traceProgram(
        'images',
        {
          image: tensor('float32', ['batch', 4, 4, 2]),
          filter: tensor('float32', [3, 3, 2, 2]),
          fixed: tensor('float32', [3, 3, 2, 2]),
          bias: tensor('float32', ['steps', 2]),
        },
        ({ image, filter, fixed, bias }) => {
          const { carried, stacked } = scan(
            (state: { image: Tensor; filter: Tensor }, shift: Tensor) => {
              const edges = conv2d(state.image, state.filter, { padding: 'same' });
              const shifted = relu(add(conv2d(edges, fixed, { padding: 'same' }), shift));
              const pooled = maxPool2d(shifted, { windowSize: 2 });
              const next = sub(mul(state.image, 0.5), mul(shifted, 0.125));
              return {
                carried: { image: next, filter: mul(state.filter, 0.75) },
                stacked: { pooled, flags: greater(shifted, 0.1) },
              };
            },
            { carried: { image, filter }, stacked: bias },
          );
          return { carried, stacked };
        },
      ),
    feeds: (length) => ({
      image: noise([2, 4, 4, 2], 1),
      filter: noise([3, 3, 2, 2], 2),
      fixed: noise([3, 3, 2, 2], 3),
      bias: noise([length, 2], 4),
    }),
  },
};

describe.each(Object.entries(cases))('encodeOnnx of scan: %s', (name, { program, feeds }) => {
  it.each(lengths)('computes what the reference does in %i iterations', async (length) => {
    await expectNearReference(program(length), [feeds(length)]);
  });

  it('gives the same bytes for the same program, under names that are unique in the model', () => {
    const bytes = encodeOnnx(program(2));
    expect(encodeOnnx(program(2))).toEqual(bytes);
    expect(inspectOnnx(bytes).operators).toHaveProperty('Scan', name.includes('in a loop') ? 2 : 1);
    const tensors = graphsOf(program(2)).flatMap((graph) => [
      ...graph.input.map((input) => input.name),
      ...graph.initializer.map((initializer) => initializer.name),
      ...graph.node.flatMap(({ output }) => output),
    ]);
    expect(tensors).toEqual([...new Set(tensors)]);
  });
});

/** The graph of a program and those inside it. */
function graphsOf(program: ProgramV1): readonly GraphProto[] {
  const inside = (graph: GraphProto | undefined): readonly GraphProto[] =>
    graph === undefined
      ? []
      : [graph, ...graph.node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => inside(g)))];
  return inside(lowerToOnnx(program).graph);
}

describe('the body of a scan', () => {
  it('keeps out what is the same in every iteration', () => {
    const [outer, body] = graphsOf(
      cases['images, filters that change and filters that do not']?.program(2) as ProgramV1,
    );
    expect(body?.initializer).toEqual([]);
    const turned = (graph: GraphProto | undefined) =>
      graph?.node.filter(({ opType }) => opType === 'Transpose').map(({ input }) => input[0]);
    expect(turned(outer)).toEqual(['fixed']);
    expect(turned(body)).toContain('scan/carried/1');
    expect(body?.node.filter(({ opType }) => opType === 'Shape')).toEqual([]);
  });

  it('names nodes after the paths inside it', () => {
    const [, body] = graphsOf(rows(false)(2));
    expect(body?.node.map(({ name }) => name)).toEqual([
      'scan/mul',
      'scan/cast',
      'scan/mul_2',
      'scan/add',
      'scan/Identity',
      'scan/Identity_2',
      'scan/Identity_3',
    ]);
  });
});

describe('onnxNodeNames', () => {
  it('are those of the model, a loop before the nodes of its body, and none for what is another name for a tensor', () => {
    const program = traceProgram('names', { x: tensor('float32', ['steps', 3]) }, ({ x }) => {
      const totals = (source: Tensor) =>
        scan(
          (total: Tensor, slice: Tensor) => ({
            carried: add(total, tanh(slice)),
            stacked: identity(slice),
          }),
          { carried: reduceSum(source, { axes: [0] }), stacked: source },
        );
      return { first: totals(x).carried, second: totals(relu(x)).stacked };
    });
    const names = onnxNodeNames(program);
    expect(names.map(({ node, name }) => [node.operator, name])).toEqual([
      ['reduceSum', 'reduceSum'],
      ['scan', 'scan'],
      ['tanh', 'scan/tanh'],
      ['add', 'scan/add'],
      ['identity', undefined],
      ['relu', 'relu'],
      ['reduceSum', 'reduceSum_2'],
      ['scan', 'scan_2'],
      ['tanh', 'scan_2/tanh'],
      ['add', 'scan_2/add'],
      ['identity', undefined],
    ]);
    const inModel = new Set(inspectOnnx(encodeOnnx(program)).nodes.map(({ name }) => name));
    for (const { name } of names) if (name !== undefined) expect(inModel).toContain(name);
  });
});
