import type { Dimension, DimensionBindings, ProgramV1 } from '@etalon/spec';
import { DataError, InternalError, ShapeError } from '@etalon/spec';
import { addDimensions, floorDivideDimension, multiplyDimensions } from './arithmetic.ts';
import { formatDimension, termsOf } from './canonical.ts';

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
          ? ownValue(replacements, factor, factor)
          : floorDivideDimension(
              substituteDimension(factor.dividend, replacements),
              factor.divisor,
            );
      product = multiplyDimensions(product, value);
    }
    sum = addDimensions(sum, product);
  }
  return sum;
}

// A name may be that of a property which every object has, such as `constructor`.
function ownValue<T>(record: Readonly<Record<string, T>>, name: string, otherwise: T): T {
  return Object.hasOwn(record, name) ? (record[name] ?? otherwise) : otherwise;
}

/**
 * Evaluates a dimension.
 *
 * @throws {InternalError} when a name is not bound, which the verifier rules out.
 */
export function evaluateDimension(dimension: Dimension, bindings: DimensionBindings): number {
  if (typeof dimension === 'number') return dimension;
  if (typeof dimension === 'string') return boundSize(dimension, bindings);
  let sum = 0;
  for (const { coefficient, factors } of dimension.terms) {
    let product = coefficient;
    for (const factor of factors) {
      product *=
        typeof factor === 'string'
          ? boundSize(factor, bindings)
          : Math.floor(evaluateDimension(factor.dividend, bindings) / factor.divisor);
    }
    sum += product;
  }
  return sum;
}

function boundSize(name: string, bindings: DimensionBindings): number {
  const size = bindings[name];
  if (typeof size === 'number') return size;
  throw new InternalError(
    'INTERNAL_UNBOUND_DIMENSION',
    `dimension ${name}: the name has no size, got bindings ${JSON.stringify(bindings)}.`,
  );
}

/** Evaluates every dimension of a shape. */
export function evaluateShape(
  shape: readonly Dimension[],
  bindings: DimensionBindings,
): readonly number[] {
  return shape.map((size) => evaluateDimension(size, bindings));
}

/**
 * Binds the names in a program's input shapes to the sizes of actual inputs, and checks every axis.
 *
 * @param shapes - sizes of the actual inputs, by input name.
 * @throws {DataError} when an input is missing.
 * @throws {ShapeError} when a rank, a fixed size, or two uses of one name disagree.
 */
export function bindInputShapes(
  program: ProgramV1,
  shapes: Readonly<Record<string, readonly number[]>>,
): DimensionBindings {
  // Without a prototype, so that a name such as `constructor` is not bound from the start.
  const bindings: Record<string, number> = Object.create(null);
  const boundBy = new Map<string, string>();
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
        boundBy.set(size, name);
      } else if (known !== found) {
        throw new ShapeError(
          'SHAPE_NAMED_SIZE_CONFLICT',
          `${program.name} › input "${name}": size "${size}" is ${known} in input "${boundBy.get(size)}", got ${found} (axis ${axis} of [${actual.join(', ')}]).\nFix: pass inputs whose "${size}" axes are equally long.`,
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
          `${program.name} › input "${name}": axis ${axis} must be ${formatDimension(size)}${typeof size === 'object' ? ` = ${expected}` : ''}, got shape [${actual.join(', ')}].\nExpected [${shape.map(formatDimension).join(', ')}].`,
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
  const actual = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (actual !== undefined) return actual;
  throw new DataError(
    'INPUT_MISSING',
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
