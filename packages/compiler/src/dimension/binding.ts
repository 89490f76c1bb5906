import type { Dimension, DimensionBindings, ProgramV1 } from '@etalon/spec';
import { InternalError, ShapeError } from '@etalon/spec';
import { addDimensions, floorDivideDimension, multiplyDimensions } from './arithmetic.ts';
import { canonical, formatDimension, termsOf } from './canonical.ts';

/** Adds the names that occur in a dimension to a set. */
export function collectDimensionNames(dimension: Dimension, names: Set<string>): void {
  if (typeof dimension === 'number') return;
  for (const { factors } of termsOf(dimension)) {
    for (const factor of factors) {
      if (typeof factor === 'string') names.add(factor);
      else collectDimensionNames(factor.dividend, names);
    }
  }
}

/** Tells whether a dimension mentions no name. */
export function isConcrete(dimension: Dimension): dimension is number {
  return typeof dimension === 'number';
}

/** Replaces names by dimensions; names without a replacement stay. */
export function substituteDimension(
  dimension: Dimension,
  replacements: Readonly<Record<string, Dimension>>,
): Dimension {
  if (typeof dimension === 'number') return dimension;
  let sum: Dimension = 0;
  for (const { coefficient, factors } of termsOf(dimension)) {
    let product: Dimension = coefficient;
    for (const factor of factors) {
      const value: Dimension =
        typeof factor === 'string'
          ? (replacements[factor] ?? factor)
          : floorDivideDimension(
              substituteDimension(factor.dividend, replacements),
              factor.divisor,
            );
      product = multiplyDimensions(product, value);
    }
    sum = addDimensions(sum, product);
  }
  return typeof sum === 'object' ? canonical(sum.terms) : sum;
}

/**
 * Evaluates a dimension.
 *
 * @throws {InternalError} when a name is not bound, which the verifier rules out.
 */
export function evaluateDimension(dimension: Dimension, bindings: DimensionBindings): number {
  const value = substituteDimension(dimension, bindings);
  if (typeof value === 'number') return value;
  throw new InternalError(
    'INTERNAL_UNBOUND_DIMENSION',
    `dimension ${formatDimension(dimension)}: a name has no size, got bindings ${JSON.stringify(bindings)}.`,
  );
}

/** Evaluates every dimension of a shape. */
export function evaluateShape(
  shape: readonly Dimension[],
  bindings: DimensionBindings,
): readonly number[] {
  return shape.map((size) => (typeof size === 'number' ? size : evaluateDimension(size, bindings)));
}

/**
 * Binds the names in a program's input shapes to the sizes of actual inputs, and checks every axis.
 *
 * @param shapes - sizes of the actual inputs, by input name.
 * @throws {ShapeError} when a rank, a fixed size, or two uses of one name disagree, or an input is missing.
 */
export function bindInputShapes(
  program: ProgramV1,
  shapes: Readonly<Record<string, readonly number[]>>,
): DimensionBindings {
  const bindings: Record<string, number> = {};
  const boundBy: Record<string, string> = {};
  const declared = program.inputs.map(({ name, value }) => ({
    name,
    shape: program.values[value]?.shape ?? [],
    actual: actualShape(program, name, shapes),
  }));
  for (const { name, shape, actual } of declared) {
    if (shape.length !== actual.length) throw rankMismatch(program.name, name, shape, actual);
    shape.forEach((size, axis) => {
      if (typeof size !== 'string') return;
      const found = actual[axis] ?? 0;
      const known = bindings[size];
      if (known === undefined) {
        bindings[size] = found;
        boundBy[size] = name;
      } else if (known !== found) {
        throw new ShapeError(
          'SHAPE_NAMED_SIZE_CONFLICT',
          `${program.name} › input "${name}": size "${size}" is ${known} in input "${boundBy[size]}", got ${found} (axis ${axis} of [${actual.join(', ')}]).\nFix: pass inputs whose "${size}" axes are equally long.`,
          { details: { input: name, axis, dimension: size } },
        );
      }
    });
  }
  for (const { name, shape, actual } of declared) {
    shape.forEach((size, axis) => {
      const expected = evaluateDimension(size, bindings);
      if (expected !== actual[axis]) {
        throw new ShapeError(
          'SHAPE_INPUT_MISMATCH',
          `${program.name} › input "${name}": axis ${axis} must be ${formatDimension(size)}, got shape [${actual.join(', ')}].\nExpected [${shape.map(formatDimension).join(', ')}].`,
          { details: { input: name, axis } },
        );
      }
    });
  }
  return bindings;
}

function actualShape(
  program: ProgramV1,
  name: string,
  shapes: Readonly<Record<string, readonly number[]>>,
): readonly number[] {
  const actual = shapes[name];
  if (actual !== undefined) return actual;
  throw new ShapeError(
    'SHAPE_INPUT_MISSING',
    `${program.name} › input "${name}": no tensor was passed, got ${JSON.stringify(Object.keys(shapes).slice(0, 8))}.\nExpected one tensor for each of ${JSON.stringify(program.inputs.map((input) => input.name).slice(0, 8))}.`,
    { details: { input: name } },
  );
}

function rankMismatch(
  program: string,
  name: string,
  shape: readonly Dimension[],
  actual: readonly number[],
): ShapeError {
  return new ShapeError(
    'SHAPE_INPUT_RANK',
    `${program} › input "${name}": rank must be ${shape.length}, got shape [${actual.join(', ')}].\nExpected [${shape.map(formatDimension).join(', ')}].`,
    { details: { input: name } },
  );
}
