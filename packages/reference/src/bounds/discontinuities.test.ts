import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '../../test/programs.ts';
import { tensor } from '../../test/tensors.ts';
import { evaluateWithBounds } from '../evaluate-with-bounds.ts';

describe('discontinuities', () => {
  // x is off by up to 2^-24 after the addition of 2^-25 and 1
  function afterAddition(build: (builder: ProgramBuilder, uncertain: number) => void) {
    const builder = new ProgramBuilder();
    const a = builder.input('a', 'float32', [2]);
    const b = builder.input('b', 'float32', [2]);
    build(builder, builder.float('add', [a, b], [2]));
    return evaluateWithBounds(
      builder.build(),
      { a: tensor([1, 1]), b: tensor([2 ** -25, 0.5]) },
      { precision: 'cpu' },
    );
  }

  it('make a comparison of numbers closer than their bounds uncertain, and what it chooses', () => {
    const outputs = afterAddition((builder, x) => {
      const one = builder.constant({ dtype: 'float32', shape: [], data: Float32Array.of(1) });
      const far = builder.constant({ dtype: 'float32', shape: [], data: Float32Array.of(5) });
      const above = builder.node('greater', [x, one], {}, { dtype: 'bool', shape: [2] });
      builder.output('above', above);
      builder.output('chosen', builder.float('where', [above, far, one], [2]));
      builder.output('same', builder.float('where', [above, one, one], [2]));
      builder.output('cast', builder.float('cast', [above], [2], { to: 'float32' }));
      const not = builder.node('logicalNot', [above], {}, { dtype: 'bool', shape: [2] });
      const never = builder.node('logicalAnd', [above, not], {}, { dtype: 'bool', shape: [2] });
      builder.output('never', never);
    });
    expect([...(outputs.above?.bound ?? [])]).toEqual([1, 0]);
    expect([...(outputs.chosen?.bound ?? [])]).toEqual([4, 0]);
    expect([...(outputs.same?.bound ?? [])]).toEqual([0, 0]);
    expect([...(outputs.cast?.bound ?? [])]).toEqual([1, 0]);
    expect([...(outputs.never?.bound ?? [])]).toEqual([1, 0]);
  });

  it('spread the jumps of floor, ceil, step and cast', () => {
    const outputs = afterAddition((builder, x) => {
      builder.output('floor', builder.float('floor', [x], [2]));
      builder.output('ceil', builder.float('ceil', [x], [2]));
      builder.output(
        'cast',
        builder.node('cast', [x], { to: 'int32' }, { dtype: 'int32', shape: [2] }),
      );
      const one = builder.constant({ dtype: 'float32', shape: [], data: Float32Array.of(1) });
      const around = builder.float('sub', [x, one], [2]);
      builder.output('step', builder.float('step', [around], [2]));
      builder.output('sign', builder.float('sign', [around], [2]));
      builder.output('relu', builder.float('relu', [around], [2]));
    });
    expect([...(outputs.floor?.bound ?? [])]).toEqual([1, 0]);
    expect([...(outputs.ceil?.bound ?? [])]).toEqual([1, 0]);
    expect([...(outputs.cast?.bound ?? [])]).toEqual([1, 0]);
    expect([...(outputs.step?.bound ?? [])]).toEqual([2, 0]);
    expect([...(outputs.sign?.bound ?? [])]).toEqual([2, 0]);
    expect(outputs.relu?.bound[0]).toBeLessThan(1e-6);
  });

  it('leave an uncertain argMax unchecked and a certain one exact', () => {
    const builder = new ProgramBuilder();
    const a = builder.input('a', 'float32', [2, 2]);
    const b = builder.input('b', 'float32', [2, 2]);
    const x = builder.float('add', [a, b], [2, 2]);
    const found = builder.node(
      'argMax',
      [x],
      { axis: 1, keepDims: false },
      { dtype: 'int32', shape: [2] },
    );
    const row = builder.input('table', 'float32', [2]);
    const picked = builder.float('gather', [row, found], [2], { axis: 0 });
    const hot = builder.float('oneHot', [found], [2, 2], { depth: 2 });
    const program = builder.output('y', found).output('picked', picked).output('hot', hot).build();
    const tiny = 2 ** -26;
    const outputs = evaluateWithBounds(
      program,
      {
        a: tensor([1, 1, 1, 2], [2, 2]),
        b: tensor([0, tiny, tiny, 0], [2, 2]),
        table: tensor([4, 5]),
      },
      { precision: 'cpu' },
    );
    expect([...(outputs.y?.bound ?? [])]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect([...(outputs.picked?.bound ?? [])]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect([...(outputs.hot?.bound ?? [])]).toEqual([1, 1, 0, 0]);
  });
});
