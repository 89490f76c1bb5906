import type { ScanAttributes } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import type { ScanResult, Tensor } from '../index.ts';
import {
  add,
  constant,
  dimensionSize,
  filled,
  mul,
  nameScope,
  randomNormal,
  reduceSum,
  scan,
  tanh,
  tensor,
  traceProgram,
} from '../index.ts';

const inputs = { x: tensor('float32', ['time', 3]), w: tensor('float32', [3]) };
type Symbols = { readonly [K in keyof typeof inputs]: Tensor };

const trace = (body: (symbols: Symbols) => Readonly<Record<string, unknown>>) =>
  traceProgram('model', inputs, body);

/** Attributes of the first loop of a program. */
function loopOf(body: (symbols: Symbols) => Readonly<Record<string, unknown>>): ScanAttributes {
  const node = trace(body).nodes.find(({ operator }) => operator === 'scan');
  if (node?.operator !== 'scan') throw new RangeError('no scan');
  return node.attributes;
}

const kept = (carried: Tensor) => ({ carried, stacked: {} });

describe(scan, () => {
  it('makes one node with carried values, slices and stacked results', () => {
    const program = trace(({ x, w }) => {
      const { carried, stacked } = scan(
        (state: { total: Tensor }, row: Tensor, iteration) => ({
          carried: { total: add(state.total, row) },
          stacked: [row, iteration],
        }),
        { carried: { total: w }, stacked: x },
      );
      return { ...carried, stacked };
    });
    expect(program.nodes).toHaveLength(1);
    expect(program.nodes[0]).toMatchObject({
      operator: 'scan',
      inputs: [1, 0],
      outputs: [2, 3, 4],
      path: 'scan',
      attributes: { length: 'time', carried: 1, stacked: 1, reverse: false, draws: 'append' },
    });
    expect(program.values.slice(2)).toEqual([
      { dtype: 'float32', shape: [3] },
      { dtype: 'float32', shape: ['time', 3] },
      { dtype: 'int32', shape: ['time'] },
    ]);
    expect(program.outputs.map(({ name }) => name)).toEqual(['total', 'stacked/0', 'stacked/1']);
  });

  it('takes tensors of the program around it as invariant operands, each once', () => {
    const program = trace(({ x, w }) =>
      scan((state: Tensor, row: Tensor) => kept(add(mul(state, w), mul(row, w))), {
        carried: filled(w, 0),
        stacked: x,
      }),
    );
    const loop = program.nodes.find(({ operator }) => operator === 'scan');
    expect(loop?.inputs).toHaveLength(3);
    expect(loop?.inputs[2]).toBe(1);
  });

  it('has constants of the program around it in its body, each once', () => {
    const { body } = loopOf(({ x, w }) => {
      const bias = constant([1, 2, 3]);
      return scan((state: Tensor, row: Tensor) => kept(add(add(state, bias), add(row, bias))), {
        carried: w,
        stacked: x,
      });
    });
    expect(body.constants).toHaveLength(1);
    expect(body.inputs.map(({ name }) => name)).toEqual(['iteration', 'carried/0', 'stacked/0']);
  });

  it('passes what an inner body uses through the body around it', () => {
    const outer = loopOf(({ x, w }) =>
      scan(
        (state: Tensor, row: Tensor) =>
          kept(
            scan((a: Tensor) => kept(mul(add(a, w), row)), { carried: state, length: 2 }).carried,
          ),
        { carried: w, stacked: x },
      ),
    );
    const [inner] = outer.body.nodes;
    expect(outer.body.inputs.map(({ name }) => name)).toEqual([
      'iteration',
      'carried/0',
      'stacked/0',
      'invariant/0',
    ]);
    expect(inner?.inputs).toHaveLength(3);
  });

  it('nests also where the inner loop starts from the outermost program', () => {
    const { body } = loopOf(({ x, w }) =>
      scan(
        (_: Tensor, row: Tensor) =>
          kept(scan((a: Tensor) => kept(mul(a, row)), { carried: w, length: 2 }).carried),
        { carried: w, stacked: x },
      ),
    );
    expect(body.nodes.map(({ operator }) => operator)).toEqual(['scan']);
  });

  it('returns carried values in the order they came in, however they come back', () => {
    const { body } = loopOf(({ w }) =>
      scan(({ a, b }: { a: Tensor; b: Tensor }) => ({ carried: { b: tanh(b), a }, stacked: {} }), {
        carried: { a: w, b: w },
        length: 3,
      }),
    );
    expect(body.outputs[0]?.value).toBe(body.inputs[1]?.value);
  });

  it('runs without operands and without results', () => {
    const { carried, length } = loopOf(() => {
      scan(() => ({ carried: {}, stacked: {} }), { carried: {}, length: 3 });
      return {};
    });
    expect({ carried, length }).toEqual({ carried: 0, length: 3 });
  });

  it('knows the sizes of the program around it', () => {
    const { body } = loopOf(({ x }) =>
      scan((n: Tensor) => kept(add(n, dimensionSize('time'))), {
        carried: dimensionSize('time'),
        stacked: x,
      }),
    );
    expect(body.nodes.map(({ attributes }) => attributes)).toContainEqual({ dimension: 'time' });
  });

  it('numbers streams over the program and its bodies', () => {
    const draw = () => nameScope('noise', () => randomNormal([3]));
    const { body } = loopOf(({ w }) => {
      draw();
      return scan((state: Tensor) => kept(add(state, add(draw(), draw()))), {
        carried: w,
        length: 2,
      });
    });
    const streams = body.nodes.flatMap(({ attributes }) =>
      'stream' in attributes ? [attributes.stream] : [],
    );
    expect(streams).toEqual(['noise › normal 2', 'noise › normal 3']);
  });

  it.each<[string, string, string, (symbols: Symbols) => unknown]>([
    [
      'no number of iterations',
      'SCAN_LENGTH',
      'block › scan: the number of iterations is not known, got no stacked tensor and no length.',
      ({ w }) => scan(kept, { carried: w }),
    ],
    [
      'a scalar to cut',
      'SCAN_LENGTH',
      'block › scan: the number of iterations is not known, got a scalar for "".',
      ({ w }) => scan(kept, { carried: w, stacked: reduceSum(w) }),
    ],
    [
      'stacked tensors of different lengths',
      'SCAN_LENGTH',
      'block › scan: the first axis of every stacked tensor must be the number of iterations, got float32[3] for "b".\nExpected float32[time].',
      ({ x, w }) => scan(kept, { carried: w, stacked: { a: x, b: w } }),
    ],
    [
      'a length that differs from the stacked tensors',
      'SCAN_LENGTH',
      'block › scan: the first axis of every stacked tensor must be the number of iterations, got float32[time, 3] for "".\nExpected float32[4, 3].',
      ({ x, w }) => scan(kept, { carried: w, stacked: x, length: 4 }),
    ],
    [
      'a negative length',
      'SHAPE_SIZE',
      'block › scan: length: a size must be an integer of at least 0, got -1.',
      ({ w }) => scan(kept, { carried: w, length: -1 }),
    ],
    [
      'a carried value that is missing',
      'SCAN_CARRIED',
      'block › scan: the function must return the carried values that it was given, of the same types, got none for "a".',
      ({ w }) =>
        scan(() => ({ carried: {} as { a: Tensor }, stacked: {} }), {
          carried: { a: w },
          length: 1,
        }),
    ],
    [
      'a carried value too many',
      'SCAN_CARRIED',
      'block › scan: the function must return the carried values that it was given, of the same types, got also "b".',
      ({ w }) =>
        scan(({ a }: { a: Tensor }) => ({ carried: { a, b: a }, stacked: {} }), {
          carried: { a: w },
          length: 1,
        }),
    ],
    [
      'a carried value of another type',
      'SCAN_CARRIED',
      'block › scan: the function must return the carried values that it was given, of the same types, got float32[] for "", which began as float32[3].',
      ({ w }) => scan((a: Tensor) => kept(reduceSum(a)), { carried: w, length: 1 }),
    ],
    [
      'an asynchronous function',
      'SCAN_CARRIED',
      'block › scan: the function must return { carried, stacked }, got a promise.',
      ({ w }) =>
        scan(
          (async (a: Tensor) => kept(a)) as unknown as (a: Tensor) => ScanResult<Tensor, object>,
          { carried: w, length: 1 },
        ),
    ],
    [
      'a function that returns nothing',
      'SCAN_CARRIED',
      'block › scan: the function must return { carried, stacked }, got undefined.',
      ({ w }) =>
        scan((() => undefined) as unknown as (a: Tensor) => ScanResult<Tensor, object>, {
          carried: w,
          length: 1,
        }),
    ],
  ])('refuses %s', (_, code, message, body) => {
    const error = caught(() =>
      trace((symbols) => {
        nameScope('block', () => body(symbols));
        return {};
      }),
    ) as Error;
    expect(error).toMatchObject({ code });
    expect(error.message.split('\nFix')[0]).toBe(message);
  });

  it('refuses a tensor of the body outside of it', () => {
    let leaked: Tensor | undefined;
    const leak = ({ w }: Symbols): Tensor => {
      scan(
        (a: Tensor) => {
          leaked = tanh(a);
          return kept(leaked);
        },
        { carried: w, length: 1 },
      );
      return leaked as Tensor;
    };
    expect(caught(() => trace((symbols) => ({ y: leak(symbols) })))).toMatchObject({
      code: 'TRACE_MIXED',
    });
    expect(caught(() => trace((symbols) => ({ y: add(leak(symbols), symbols.w) })))).toMatchObject({
      code: 'TRACE_FINISHED',
    });
    expect(
      caught(() =>
        trace((symbols) => {
          const tensor = leak(symbols);
          return scan((a: Tensor) => kept(add(a, tensor)), { carried: symbols.w, length: 1 });
        }),
      ),
    ).toMatchObject({ code: 'TRACE_MIXED' });
  });

  it('leaves the program around it usable after a function that throws', () => {
    const program = trace(({ w }) => {
      const error = caught(() =>
        scan(
          () => {
            throw new RangeError('no');
          },
          { carried: w, length: 1 },
        ),
      );
      expect(error).toBeInstanceOf(RangeError);
      return { y: tanh(w) };
    });
    expect(program.nodes.map(({ operator }) => operator)).toEqual(['tanh']);
  });
});
