import { freshSeed } from '../random/fresh-seed.ts';
import type { RandomGenerator } from '../random/random-generator.ts';
import type { Seed } from '../random/seed-sequence.ts';
import type { BoxArray, BoxDtype } from './box.ts';
import { Box } from './box.ts';
import type { Discrete } from './discrete.ts';
import { MultiDiscrete } from './multi-discrete.ts';
import type { SampleOptions, SpaceJson } from './space.ts';
import { invalidMask, Space, seedParts } from './space.ts';

/** A value of a {@link Graph}. */
export interface GraphValue {
  /** Values of the nodes, one after another: Int32Array where they are discrete, else as those of the box. */
  readonly nodes: BoxArray;
  /** Values of the edges, as of the nodes; `undefined` where there is none. */
  readonly edges: BoxArray | undefined;
  /** The two nodes of each edge, one edge after another: `[edges, 2]`; `undefined` where there is none. */
  readonly edgeLinks: Int32Array | undefined;
}

/** What draws of a {@link Graph} may be held to. */
export interface GraphSampleOptions extends SampleOptions {
  /** Number of nodes; default 10. */
  readonly nodeCount?: number | undefined;
  /** Number of edges; without it, drawn: below nodes · (nodes - 1). */
  readonly edgeCount?: number | undefined;
}

/** Spaces of the values at nodes and edges of a {@link Graph}. */
export type GraphElement = Box<BoxDtype> | Discrete;

/** Graphs with values at nodes and edges: Gymnasium's `Graph` (`gymnasium/spaces/graph.py`). */
export class Graph extends Space<GraphValue> {
  override readonly kind: 'graph' = 'graph';
  /** Of each node. */
  readonly nodeSpace: GraphElement;
  /** Of each edge; `undefined` where edges have no values, and draws no edges. */
  readonly edgeSpace: GraphElement | undefined;

  /** Makes a space of those of nodes and edges. */
  constructor(nodeSpace: GraphElement, edgeSpace?: GraphElement) {
    super();
    this.nodeSpace = nodeSpace;
    this.edgeSpace = edgeSpace;
  }

  override seed(seed: Seed | RandomGenerator = freshSeed()): void {
    super.seed(seed);
    const begin = this.random.clone();
    seedParts(this.random, this.edgeSpace ? [this.nodeSpace, this.edgeSpace] : [this.nodeSpace]);
    // Its own draws begin with those that gave the seeds, as Gymnasium's do.
    super.seed(begin);
  }

  /** Draws a value. Masks and probabilities are refused: values are drawn freely. */
  override sample({ nodeCount = 10, ...options }: GraphSampleOptions = {}): GraphValue {
    const isCounts = [nodeCount, options.edgeCount ?? 0].every(
      (count) => Number.isSafeInteger(count) && count >= 0,
    );
    if (
      !isCounts ||
      nodeCount === 0 ||
      options.mask !== undefined ||
      options.probabilities !== undefined
    ) {
      throw invalidMask(this, { nodeCount, ...options }, 'counts only, and at least 1 node');
    }
    const most = nodeCount * (nodeCount - 1);
    const { edgeCount = most > 0 ? this.random.integers(0, most) : 0 } = options;
    const nodes = this.#draw(this.nodeSpace, nodeCount);
    if (this.edgeSpace === undefined || edgeCount === 0) {
      return { nodes, edges: undefined, edgeLinks: undefined };
    }
    const edges = this.#draw(this.edgeSpace, edgeCount);
    const links = Array.from({ length: 2 * edgeCount }, () => this.random.integers(0, nodeCount));
    return { nodes, edges, edgeLinks: Int32Array.from(links) };
  }

  override contains(value: unknown): value is GraphValue {
    if (typeof value !== 'object' || value === null || !('nodes' in value)) return false;
    const { nodes, edges, edgeLinks } = value as GraphValue;
    const nodeCount = countOf(this.nodeSpace, nodes);
    if (nodeCount === undefined) return false;
    if (edges === undefined && edgeLinks === undefined) return true;
    if (this.edgeSpace === undefined || !(edgeLinks instanceof Int32Array)) return false;
    const edgeCount = countOf(this.edgeSpace, edges);
    return (
      edgeLinks.length === 2 * (edgeCount ?? Number.NaN) &&
      edgeLinks.every((node) => node >= 0 && node < nodeCount)
    );
  }

  override toJSON(): SpaceJson {
    const edge = this.edgeSpace?.toJSON();
    return {
      kind: this.kind,
      node: this.nodeSpace.toJSON(),
      ...(edge === undefined ? {} : { edge }),
    };
  }

  override toString(): string {
    return `Graph(${this.nodeSpace}, ${this.edgeSpace ?? 'none'})`;
  }

  /** Draws so many values with the random numbers of this space, as if they were one. */
  #draw(space: GraphElement, count: number): BoxArray {
    const all = manyOf(space, count);
    all.seed(this.random);
    return all.sample();
  }
}

function manyOf(space: GraphElement, count: number): Box<BoxDtype> | MultiDiscrete {
  if (space.kind === 'discrete') {
    // Gymnasium leaves the smallest value out here, so that its draws may lie outside its space.
    const starts = Array<number>(count).fill(space.start);
    return new MultiDiscrete(Array<number>(count).fill(space.count), { starts });
  }
  const repeat = (bounds: ArrayLike<number>): number[] =>
    Array.from({ length: count }, () => Array.from(bounds)).flat();
  const { low, high } = space.toJSON() as unknown as Record<'low' | 'high', readonly unknown[]>;
  const open = (bounds: readonly unknown[], none: number): number[] =>
    bounds.map((bound) => (bound === 'none' ? none : Number(bound)));
  return new Box({
    low: repeat(open(low, -Infinity)),
    high: repeat(open(high, Infinity)),
    shape: [count, ...space.shape],
    dtype: space.dtype,
  });
}

/** How many values of a space an array holds; `undefined` where it does not hold such values only. */
function countOf(space: GraphElement, values: unknown): number | undefined {
  if (!ArrayBuffer.isView(values) || values instanceof DataView) return undefined;
  const size = space.kind === 'discrete' ? 1 : space.size;
  const array = values as unknown as BoxArray;
  for (let at = 0; at < array.length; at += size) {
    const own = size === 1 && space.kind === 'discrete' ? array[at] : array.subarray(at, at + size);
    if (!space.contains(own)) return undefined;
  }
  return array.length / size;
}
