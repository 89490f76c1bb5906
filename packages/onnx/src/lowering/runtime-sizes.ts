import { dimensionsEqual, elementCount, formatDimension, shapesEqual } from '@etalon/compiler';
import type { Dimension, DimensionFactor, ProgramV1, Shape } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';

/** For each name of a size an input that has it, and on which axis. */
export type SizeCarriers = ReadonlyMap<string, { readonly input: string; readonly axis: number }>;

/** Finds the inputs of a program that carry its named sizes. */
export function sizeCarriers(program: ProgramV1): SizeCarriers {
  const carriers = new Map<string, { input: string; axis: number }>();
  for (const { name: input, value } of program.inputs) {
    program.values[value]?.shape.forEach((size, axis) => {
      if (typeof size === 'string' && !carriers.has(size)) carriers.set(size, { input, axis });
    });
  }
  return carriers;
}

/**
 * Sizes as int64 vectors in the graph: constants where they are known, else arithmetic on the `Shape` of an
 * input that carries the name. Each name and each expression is computed once.
 */
export class RuntimeSizes {
  /** Graph whose tensors are reshaped. */
  readonly #graph: GraphEmitter;
  /** Graph that computes sizes: the outermost, which alone has the inputs, and computes them once for all iterations. */
  readonly #emitter: GraphEmitter;
  readonly #carriers: SizeCarriers;

  /** @param carriers - of the whole program, for a body as well. */
  constructor(graph: GraphEmitter, carriers: SizeCarriers) {
    this.#graph = graph;
    this.#emitter = graph.outermost;
    this.#carriers = carriers;
  }

  /** Returns the sizes for nodes of another graph of the same model. */
  in(graph: GraphEmitter): RuntimeSizes {
    return new RuntimeSizes(graph, this.#carriers);
  }

  /** Returns several sizes as one int64 vector. */
  vector(sizes: readonly Dimension[]): string {
    if (sizes.every((size) => typeof size === 'number')) return this.#emitter.int64s(sizes);
    if (sizes.length === 1) return this.single(sizes[0] ?? 0);
    const key = `sizes ${sizes.map(formatDimension).join(', ')}`;
    return this.#emitter.memo(key, () => {
      const parts = sizes.map((size) => this.single(size));
      return this.#within(() => this.#emitter.emit('Concat', parts, { axis: 0 }));
    });
  }

  /** Returns one size as an int64 vector of one element. */
  single(size: Dimension): string {
    if (typeof size === 'number') return this.#emitter.int64s([size]);
    return this.#emitter.memo(`size ${formatDimension(size)}`, () =>
      this.#within(() => (typeof size === 'string' ? this.#named(size) : this.#sum(size.terms))),
    );
  }

  /** Reshapes a tensor; sizes are computed only where {@link reshapeTarget} finds no constant. */
  reshape(tensor: string, from: Shape, to: Shape): string {
    if (shapesEqual(from, to)) return tensor;
    const target = reshapeTarget(from, to);
    if (target !== undefined) {
      return this.#graph.emit('Reshape', [tensor, this.#graph.int64s(target)]);
    }
    return this.#graph.emit('Reshape', [tensor, this.vector(to)], { allowzero: 1 });
  }

  #within<T>(run: () => T): T {
    return this.#emitter.within('sizes', run);
  }

  #named(name: string): string {
    const carrier = this.#carriers.get(name);
    if (carrier === undefined) {
      throw new InternalError(
        'INTERNAL_UNBOUND_DIMENSION',
        `encodeOnnx: size "${name}" is not an axis of any input, got inputs with ${JSON.stringify([...this.#carriers.keys()].slice(0, 8))}. This is a bug in @etalon/compiler.`,
      );
    }
    const { input, axis } = carrier;
    return this.#emitter.emit('Shape', [input], { start: axis, end: axis + 1 });
  }

  #sum(terms: readonly { coefficient: number; factors: readonly DimensionFactor[] }[]): string {
    let sum: string | undefined;
    for (const { coefficient, factors } of terms) {
      const magnitude = Math.abs(coefficient);
      const product = this.#product(magnitude, factors);
      if (sum === undefined) {
        sum = coefficient < 0 ? this.#emitter.emit('Neg', [product]) : product;
      } else {
        sum = this.#emitter.emit(coefficient < 0 ? 'Sub' : 'Add', [sum, product]);
      }
    }
    return sum ?? this.#emitter.int64s([0]);
  }

  #product(magnitude: number, factors: readonly DimensionFactor[]): string {
    const sizes = factors.map((factor) =>
      typeof factor === 'string' ? this.single(factor) : this.#quotient(factor),
    );
    if (magnitude !== 1 || sizes.length === 0) sizes.push(this.#emitter.int64s([magnitude]));
    return sizes.reduce((product, size) => this.#emitter.emit('Mul', [product, size]));
  }

  // Div truncates; below zero the remainder, which Mod gives the sign of the divisor, goes first.
  #quotient({ dividend, divisor }: { dividend: Dimension; divisor: number }): string {
    const by = this.#emitter.int64s([divisor]);
    const whole = this.single(dividend);
    if (neverNegative(dividend)) return this.#emitter.emit('Div', [whole, by]);
    const rest = this.#emitter.emit('Mod', [whole, by]);
    return this.#emitter.emit('Div', [this.#emitter.emit('Sub', [whole, rest]), by]);
  }
}

/**
 * Returns a constant operand for `Reshape`, which finds one unknown size itself (-1) and copies those that
 * stay on their axis (0); `undefined` when that is not enough.
 */
export function reshapeTarget(from: Shape, to: Shape): readonly number[] | undefined {
  if (to.includes(0)) return undefined;
  const kept = to.map((size, axis) =>
    typeof size === 'number' ? size : dimensionsEqual(size, from[axis] ?? -1) ? 0 : undefined,
  );
  const unknown = kept.filter((size) => size === undefined).length;
  const divides = unknown === 0 || dimensionsEqual(elementCount(from), elementCount(to));
  return unknown > 1 || !divides ? undefined : kept.map((size) => size ?? -1);
}

function neverNegative(size: Dimension): boolean {
  if (typeof size === 'number') return size >= 0;
  if (typeof size === 'string') return true;
  return size.terms.every(
    ({ coefficient, factors }) =>
      coefficient >= 0 &&
      factors.every((factor) => typeof factor === 'string' || neverNegative(factor.dividend)),
  );
}
