import type { Tensor } from '@etalon/compiler';
import {
  add,
  concat,
  constant,
  decompose,
  hashProgram,
  programFromJson,
  programToJson,
  removeDeadCode,
  reshape,
  scan,
  simplify,
  slice,
  tensor,
  throughBodies,
  traceProgram,
  verifyProgram,
} from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestWithout } from '../../../compiler/test/manifests.ts';
import type { RandomProgram } from '../../../compiler/test/random-program.ts';
import { randomPrograms } from '../../../compiler/test/random-program.ts';
import type { ReferenceInputs, ReferenceTensor } from '../../src/index.ts';
import { evaluateProgram } from '../../src/index.ts';

/** Outputs by name, numbers as text: equality of numbers takes -0 for 0. */
function bitsOf(program: ProgramV1, inputs: ReferenceInputs): unknown {
  const bits = ({ dtype, shape, data }: ReferenceTensor) => ({
    dtype,
    shape,
    data: Array.from(data, (x) => (Object.is(x, -0) ? '-0' : String(x))),
  });
  return Object.fromEntries(
    Object.entries(evaluateProgram(program, inputs)).map(([name, result]) => [name, bits(result)]),
  );
}

type Symbols = Readonly<Record<string, Tensor>>;

/** One iteration made of a random program: two carried values, a slice, the rest invariant; all results stacked. */
interface Loop {
  readonly length: number;
  readonly reverse: boolean;
  readonly random: RandomProgram;
}

type Carried = { readonly a: Tensor; readonly scale: Tensor };

const loops: fc.Arbitrary<Loop> = fc.record({
  length: fc.integer({ min: 0, max: 4 }),
  reverse: fc.boolean(),
  random: randomPrograms({ steps: 8 }),
});

// The slice takes the place of "b"; "a" and "scale" are carried; the last results that fit are the next ones.
function iterate(
  { random }: Loop,
  outer: Symbols,
  carried: Carried,
  row: Tensor,
  index: Tensor,
): { readonly carried: Carried; readonly stacked: readonly Tensor[] } {
  const results = random.body({ ...outer, ...carried, b: row });
  const like = (first: Tensor): Tensor => {
    const found = results.find(
      ({ dtype, shape }) =>
        dtype === first.dtype && JSON.stringify(shape) === JSON.stringify(first.shape),
    );
    return found ?? add(first, 0.5);
  };
  return {
    carried: { a: like(carried.a), scale: like(carried.scale) },
    stacked: [...results, index],
  };
}

function declarationsOf({ random, length }: Loop) {
  return { ...random.declared, rows: tensor('float32', [length, 3]) };
}

function repeated(loop: Loop): ProgramV1 {
  return traceProgram('repeated', declarationsOf(loop), ({ rows, ...outer }: Symbols) =>
    scan((carried: Carried, row: Tensor, index) => iterate(loop, outer, carried, row, index), {
      carried: { a: outer.a as Tensor, scale: outer.scale as Tensor },
      stacked: rows as Tensor,
      reverse: loop.reverse,
    }),
  );
}

/** The same by a loop in TypeScript. */
function unrolled(loop: Loop): ProgramV1 {
  const { length, reverse } = loop;
  return traceProgram('unrolled', declarationsOf(loop), ({ rows, ...outer }: Symbols) => {
    let carried: Carried = { a: outer.a as Tensor, scale: outer.scale as Tensor };
    const stacked: Tensor[][] = [];
    for (let step = 0; step < length; step++) {
      const at = reverse ? length - 1 - step : step;
      const row = slice(rows as Tensor, { starts: [at, 0], sizes: [1, 3] });
      const index = constant({ dtype: 'int32', shape: [], data: Int32Array.of(at) });
      const result = iterate(loop, outer, carried, reshape(row, [3]), index);
      carried = result.carried;
      result.stacked.forEach((tensor, position) => {
        stacked[position] ??= [];
        stacked[position][at] = reshape(tensor, [1, ...tensor.shape]);
      });
    }
    return { carried, stacked: stacked.map((slices) => concat(slices, { axis: 0 })) };
  });
}

function inputsOf({ random, length }: Loop): Readonly<Record<string, HostTensor>> {
  const data = Float32Array.from({ length: length * 3 }, (_, at) => Math.sin(at * 7));
  return { ...random.inputs, rows: { dtype: 'float32', shape: [length, 3], data } };
}

describe('a loop over a random body', () => {
  it('computes bit for bit what the same iterations one by one do', () => {
    fc.assert(
      fc.property(loops, (loop) => {
        const inputs = inputsOf(loop);
        const byScan = bitsOf(repeated(loop), inputs) as Record<string, unknown>;
        const one = bitsOf(unrolled(loop), inputs) as Record<string, unknown>;
        // With no iteration there is nothing to put together by hand.
        const names = loop.length === 0 ? Object.keys(one) : Object.keys(byScan);
        for (const name of names) expect(byScan[name]).toEqual(one[name]);
        expect(names.length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 200, seed: 17 },
    );
  });

  it('keeps every bit when it is simplified, and stays sound when it is decomposed', () => {
    fc.assert(
      fc.property(loops, (loop) => {
        const program = repeated(loop);
        const inputs = inputsOf(loop);
        const expected = bitsOf(program, inputs);
        for (const pass of [simplify, removeDeadCode]) {
          const changed = throughBodies(program, pass);
          verifyProgram(changed);
          expect(bitsOf(changed, inputs)).toEqual(expected);
        }
        const manifest = manifestWithout('gelu', 'softmax', 'reduceMean', 'reciprocal');
        const lowered = throughBodies(program, (inner) => decompose(inner, manifest, 'any'));
        verifyProgram(lowered);
        const lacking = /"operator":"(gelu|softmax|reduceMean|reciprocal)"/;
        expect(JSON.stringify(lowered)).not.toMatch(lacking);
        closeTo(evaluateProgram(lowered, inputs), evaluateProgram(program, inputs));
      }),
      { numRuns: 100, seed: 18 },
    );
  });

  it('keeps every bit of what is used when the rest is left out, and leaves no stacked result unused', () => {
    const uses = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(loops, uses, (loop, isUsed) => {
        const whole = repeated(loop);
        const outputs = whole.outputs.filter((_, at) => isUsed[at]);
        const live = removeDeadCode({ ...whole, outputs });
        verifyProgram(live);
        const inputs = inputsOf(loop);
        const expected = bitsOf(whole, inputs) as Record<string, unknown>;
        expect(bitsOf(live, inputs)).toEqual(
          Object.fromEntries(outputs.map(({ name }) => [name, expected[name]])),
        );
        const returned = new Set(live.outputs.map(({ value }) => value));
        for (const node of live.nodes) {
          if (node.operator !== 'scan') continue;
          const stacked = node.outputs.slice(node.attributes.carried);
          expect(stacked.filter((id) => !returned.has(id))).toEqual([]);
        }
      }),
      { numRuns: 200, seed: 20 },
    );
  });

  it('is written as text and read back with one hash and one result', () => {
    fc.assert(
      fc.property(loops, (loop) => {
        const program = repeated(loop);
        const read = programFromJson(programToJson(program));
        expect(hashProgram(read)).toBe(hashProgram(program));
        expect(hashProgram(repeated(loop))).toBe(hashProgram(program));
        expect(bitsOf(read, inputsOf(loop))).toEqual(bitsOf(program, inputsOf(loop)));
      }),
      { numRuns: 50, seed: 19 },
    );
  });
});

// Decompositions are other sums of the same terms: float64 leaves them about equal.
function closeTo(
  found: Readonly<Record<string, ReferenceTensor>>,
  expected: Readonly<Record<string, ReferenceTensor>>,
): void {
  for (const [name, { data }] of Object.entries(expected)) {
    found[name]?.data.forEach((x, at) => {
      const right = data[at] ?? 0;
      if (Object.is(x, right) || x === right) return;
      expect(Math.abs(x - right)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(right)));
    });
    expect(found[name]?.shape).toEqual(expected[name]?.shape);
  }
}
