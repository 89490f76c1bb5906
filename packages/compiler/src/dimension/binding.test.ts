import type { Dimension, ProgramV1, Shape } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import {
  addDimensions,
  bindInputShapes,
  collectDimensionNames,
  evaluateDimension,
  evaluateShape,
  floorDivideDimension,
  multiplyDimensions,
} from './index.ts';

function programOf(inputs: Readonly<Record<string, Shape>>): ProgramV1 {
  const entries = Object.entries(inputs);
  return {
    specificationVersion: 'v1',
    name: 'model',
    values: entries.map(([, shape]) => ({ dtype: 'float32', shape })),
    inputs: entries.map(([name], value) => ({ name, value })),
    constants: [],
    nodes: [],
    outputs: [],
  };
}

const doubled = multiplyDimensions('time', 2);

describe(bindInputShapes, () => {
  it('binds each name to the size that inputs agree on', () => {
    const program = programOf({ x: ['batch', 'time', 3], label: ['batch'], y: [doubled] });
    expect(bindInputShapes(program, { x: [4, 5, 3], label: [4], y: [10] })).toEqual({
      batch: 4,
      time: 5,
    });
  });

  it('binds sizes of 0 and names that objects have as properties', () => {
    const program = programOf({ x: ['constructor', 'toString'] });
    expect({ ...bindInputShapes(program, { x: [0, 2] }) }).toEqual({ constructor: 0, toString: 2 });
  });

  it.each<[string, Readonly<Record<string, Shape>>, Record<string, number[]>, string, string]>([
    [
      'a missing input',
      { x: ['batch'], label: ['batch'] },
      { x: [2], mask: [2] },
      'INPUT_MISSING',
      'model › input "label": no tensor was passed, got ["x","mask"].\nExpected one tensor for each of ["x","label"].',
    ],
    [
      'a missing input with the name of an object property',
      { toString: [] },
      {},
      'INPUT_MISSING',
      'model › input "toString": no tensor was passed, got [].\nExpected one tensor for each of ["toString"].',
    ],
    [
      'another rank',
      { x: ['batch', 3] },
      { x: [2] },
      'SHAPE_INPUT_RANK',
      'model › input "x": rank must be 2, got shape [2].\nExpected [batch, 3].',
    ],
    [
      'another fixed size',
      { x: ['batch', 3] },
      { x: [2, 4] },
      'SHAPE_INPUT_MISMATCH',
      'model › input "x": axis 1 must be 3, got shape [2, 4].\nExpected [batch, 3].',
    ],
    [
      'two sizes for one name',
      { x: ['batch', 3], label: ['batch'] },
      { x: [2, 3], label: [5] },
      'SHAPE_NAMED_SIZE_CONFLICT',
      'model › input "label": size "batch" is 2 in input "x", got 5 (axis 0 of [5]).\nFix: pass inputs whose "batch" axes are equally long.',
    ],
    [
      'a size that an expression does not give',
      { x: ['time'], y: [doubled] },
      { x: [3], y: [5] },
      'SHAPE_INPUT_MISMATCH',
      'model › input "y": axis 0 must be 2·time = 6, got shape [5].\nExpected [2·time].',
    ],
  ])('refuses %s', (_, inputs, shapes, code, message) => {
    const error = caught(() => bindInputShapes(programOf(inputs), shapes));
    const name = code === 'INPUT_MISSING' ? 'DataError' : 'ShapeError';
    expect(error).toMatchObject({ name, code, message });
  });

  it('names the input and the axis in the details', () => {
    const error = caught(() => bindInputShapes(programOf({ x: ['n', 'n'] }), { x: [2, 3] }));
    expect(error).toMatchObject({ details: { input: 'x', axis: 1, dimension: 'n' } });
  });
});

describe(evaluateDimension, () => {
  it('refuses a name without a size', () => {
    const sum = addDimensions('batch', 'time');
    expect(caught(() => evaluateDimension(sum, { batch: 2 }))).toMatchObject({
      name: InternalError.name,
      code: 'INTERNAL_UNBOUND_DIMENSION',
    });
    expect(caught(() => evaluateDimension('constructor', { batch: 2 }))).toMatchObject({
      code: 'INTERNAL_UNBOUND_DIMENSION',
    });
  });

  it('evaluates all axes of a shape', () => {
    expect(evaluateShape(['batch', doubled, 3], { batch: 2, time: 5 })).toEqual([2, 10, 3]);
  });
});

describe(collectDimensionNames, () => {
  it('finds names in products and quotients', () => {
    const quotient = floorDivideDimension(addDimensions('width', 'pad'), 2);
    const names = new Set<string>();
    for (const part of [7, 'time', multiplyDimensions('batch', quotient)] as Dimension[]) {
      collectDimensionNames(part, names);
    }
    expect([...names].sort()).toEqual(['batch', 'pad', 'time', 'width']);
  });
});
