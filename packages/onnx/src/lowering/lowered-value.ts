import type { HostTensor, Shape, ValueType } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import { reshapeTarget } from './runtime-sizes.ts';

/**
 * Order of the axes of a rank 4 tensor in the graph: as in the program (images NHWC), or with the last axis
 * second (images NCHW), which ONNX's image operators work on.
 */
export type ImageLayout = 'rowMajor' | 'channelsFirst';

/** What makes a value: its type, names, and the first tensor that holds it. */
interface LoweredValueInit {
  readonly type: ValueType;
  /** Path in slash form, for nodes that the value adds on demand. */
  readonly path: string;
  /** Reserved name of the tensor in the program's axis order. */
  readonly name: string;
  readonly layout: ImageLayout;
  /** Name of the first tensor, or how to make it when it is first used. */
  readonly tensor: string | (() => string);
  readonly constant?: HostTensor;
}

/**
 * A value of the program in the graph. It exists in one layout and gets the other when an operator asks
 * for it, once: nothing is transposed twice or back, and a layout that nobody reads is never made.
 */
export class LoweredValue {
  readonly type: ValueType;
  /** Prefix of the names of nodes and tensors that are added for this value. */
  readonly path: string;
  /** Present when the value is known while the graph is written. */
  readonly constant: HostTensor | undefined;
  /** The graph that makes the value: what depends on the value alone belongs there, outside of loops that only read it. */
  readonly graph: GraphEmitter;
  readonly #init: LoweredValueInit;
  readonly #tensors: Partial<Record<ImageLayout, string>> = {};

  constructor(emitter: GraphEmitter, init: LoweredValueInit) {
    this.type = init.type;
    this.path = init.path;
    this.constant = init.constant;
    this.graph = emitter;
    this.#init = init;
    if (typeof init.tensor === 'string') this.#tensors[init.layout] = init.tensor;
  }

  /** Whether the value exists in channels-first order alone, so that working in it saves a transposition. */
  get isChannelsFirst(): boolean {
    return this.#tensors.channelsFirst !== undefined && this.#tensors.rowMajor === undefined;
  }

  /** Returns the tensor whose axes are in the program's order. */
  rowMajor(): string {
    const known = this.#tensors.rowMajor;
    if (known !== undefined) return known;
    const { channelsFirst } = this.#tensors;
    const { name, tensor } = this.#init;
    const made =
      channelsFirst === undefined
        ? this.#makeFirst(tensor)
        : this.#move(channelsFirst, name, channelsFirstShape(this.type.shape), TO_CHANNELS_LAST);
    this.#tensors.rowMajor = made;
    return made;
  }

  /** Returns the tensor, of rank 4, whose last axis was moved to the second place. */
  channelsFirst(): string {
    const known = this.#tensors.channelsFirst;
    if (known !== undefined) return known;
    const name = this.graph.tensorNames.unique(`${this.path}/nchw`);
    const made = this.#move(this.rowMajor(), name, this.type.shape, TO_CHANNELS_FIRST);
    this.#tensors.channelsFirst = made;
    return made;
  }

  #makeFirst(tensor: string | (() => string)): string {
    return typeof tensor === 'string' ? tensor : tensor();
  }

  // Moving axes of size 1 leaves the elements in their order: a reshape, which copies nothing.
  #move(tensor: string, name: string, shape: Shape, permutation: readonly number[]): string {
    const target = permute(shape, permutation);
    const node = `${this.path}/${permutation === TO_CHANNELS_FIRST ? 'to_nchw' : 'to_nhwc'}`;
    const names = { node, tensor: name };
    const sizes = isReshape(shape, permutation) ? reshapeTarget(shape, target) : undefined;
    if (sizes === undefined) {
      this.graph.emitNamed('Transpose', [tensor], names, { perm: permutation });
    } else {
      this.graph.emitNamed('Reshape', [tensor, this.graph.int64s(sizes)], names);
    }
    return name;
  }
}

/** Axes of a channels-first tensor, as axes of the program's value. */
export const TO_CHANNELS_FIRST: readonly number[] = [0, 3, 1, 2];

/** Axes of the program's value, as axes of its channels-first tensor. */
export const TO_CHANNELS_LAST: readonly number[] = [0, 2, 3, 1];

/** Returns the items in the order that a permutation lists them. */
export function permute<T>(items: readonly T[], permutation: readonly number[]): readonly T[] {
  return permutation.flatMap((axis) => items.slice(axis, axis + 1));
}

/** Returns an image's shape with the channels second. */
export function channelsFirstShape(shape: Shape): Shape {
  return permute(shape, TO_CHANNELS_FIRST);
}

function isReshape(shape: Shape, permutation: readonly number[]): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? -1));
}
