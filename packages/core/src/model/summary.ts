import {
  elementCount,
  evaluateDimension,
  evaluateShape,
  formatShape,
  nodeFlops,
} from '@etalon/compiler';
import type { DimensionBindings, Shape } from '@etalon/spec';
import { DataError, ShapeError } from '@etalon/spec';
import type { LayerOutput, LayerUse } from './build-context.ts';
import type { InputTypes, Model, NamedTensors } from './model.ts';

/** One row of a summary: one use of a layer. */
export interface LayerSummary {
  readonly name: string;
  readonly kind: string;
  /** Number of layers that this one was called in. */
  readonly depth: number;
  /** Shape of the layer's output; of its first tensor where it is a tree. */
  readonly outputShape: Shape;
  /** All tensors of the output. */
  readonly outputs: readonly LayerOutput[];
  /** Number of parameters that the layer itself owns; 0 at later uses of a shared layer. */
  readonly parameters: number;
  /** Floating-point operations of this use in a forward pass, layers that it calls included. Inside a loop, of one iteration. */
  readonly flops: number;
  /** Bytes of all tensors of the layer's output. */
  readonly activationBytes: number;
}

/** What a model costs. */
export interface ModelSummary {
  readonly name: string;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  /** Floating-point operations of a forward pass, operators outside layers included. */
  readonly flops: number;
  /** Bytes of the outputs of all layers that call no other layer. */
  readonly activationBytes: number;
  /** Sizes that named dimensions were given. */
  readonly bindings: DimensionBindings;
}

const bytesPerFloat = 4;

/**
 * Counts a model's parameters, operations and activation memory in inference.
 *
 * @param bindings - sizes of named dimensions; default 1 for each, which gives the cost of one example.
 * @throws {DataError} when the model has no dimension of a given name.
 * @throws {ShapeError} when an image is too small for a layer.
 */
export function summarize<I extends InputTypes, O extends NamedTensors>(
  model: Model<I, O>,
  bindings: DimensionBindings = {},
): ModelSummary {
  const sizes = sizesOf(model, bindings);
  const seen = new Set<string>();
  const layers = model.layers.map((use): LayerSummary => {
    const first = !seen.has(use.name);
    seen.add(use.name);
    requireSizes(model.name, use, sizes);
    return {
      ...use,
      parameters: first ? parametersOf(model, use.name) : 0,
      flops: evaluateDimension(use.flops, sizes),
      activationBytes: use.outputs.reduce(
        (total, { shape }) => total + evaluateDimension(elementCount(shape), sizes) * bytesPerFloat,
        0,
      ),
    };
  });
  const { nodes, values } = model.program();
  return {
    name: model.name,
    layers,
    parameters: countElements(model.variables.parameters),
    flops: nodes.reduce(
      (total, node) => total + evaluateDimension(nodeFlops(node, values), sizes),
      0,
    ),
    activationBytes: innermost(layers).reduce((total, use) => total + use.activationBytes, 0),
    bindings: sizes,
  };
}

function sizesOf(
  { name, inputs }: { readonly name: string; readonly inputs: InputTypes },
  given: DimensionBindings,
): DimensionBindings {
  const names = Object.values(inputs).flatMap(({ shape }) =>
    shape.filter((size) => typeof size === 'string'),
  );
  const unknown = Object.keys(given).find((size) => !names.includes(size));
  if (unknown !== undefined) {
    throw new DataError(
      'SIZE_UNKNOWN',
      `summary of "${name}": there is no dimension of this name, got "${unknown}".\nExpected some of ${JSON.stringify(names)}.`,
    );
  }
  return { ...Object.fromEntries(names.map((size) => [size, 1])), ...given };
}

function requireSizes(model: string, { name, outputs }: LayerUse, sizes: DimensionBindings): void {
  const small = outputs.find(({ shape }) => evaluateShape(shape, sizes).some((size) => size < 0));
  if (small === undefined) return;
  throw new ShapeError(
    'SHAPE_NEGATIVE',
    `summary of "${model}" › ${name}: the input is too small, got ${JSON.stringify(sizes)} for ${formatShape(small.shape)}.\nFix: give sizes, such as summarize(model, { height: 32, width: 32 }).`,
  );
}

function parametersOf<I extends InputTypes, O extends NamedTensors>(
  { variables }: Model<I, O>,
  layer: string,
): number {
  return countElements(variables.parameters.filter(({ path }) => path.startsWith(`${layer}/`)));
}

function countElements(tensors: readonly { readonly shape: readonly number[] }[]): number {
  return tensors.reduce(
    (total, { shape }) => total + shape.reduce((product, size) => product * size, 1),
    0,
  );
}

// A layer that calls others returns what the last of them did: it would count twice.
function innermost<U extends Pick<LayerUse, 'depth'>>(uses: readonly U[]): readonly U[] {
  return uses.filter(({ depth }, index) => (uses[index + 1]?.depth ?? 0) <= depth);
}

/** Formats a summary as a table for a terminal of about 80 columns. */
export function formatSummary(summary: ModelSummary): string {
  const rows = [
    ['layer', 'output shape', 'parameters', 'FLOPs', 'activations'],
    ...summary.layers.flatMap((layer) => {
      const [first = '', ...others] = layer.outputs.map(formatOutput);
      const row = [
        `${'  '.repeat(layer.depth)}${layer.name}`,
        first,
        formatCount(layer.parameters),
        formatCount(layer.flops),
        formatBytes(layer.activationBytes),
      ];
      return [row, ...others.map((output) => ['', output, '', '', ''])];
    }),
    [
      'total',
      '',
      formatCount(summary.parameters),
      formatCount(summary.flops),
      formatBytes(summary.activationBytes),
    ],
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(widths.reduce((total, width) => total + width + 2, -2));
  const [head = '', ...body] = lines;
  const sizes = Object.entries(summary.bindings).map(([name, size]) => `${name} = ${size}`);
  const note =
    sizes.length > 0 ? [`FLOPs and activations of a forward pass for ${sizes.join(', ')}`] : [];
  return [
    `model "${summary.name}"`,
    head,
    rule,
    ...body.slice(0, -1),
    rule,
    ...body.slice(-1),
    ...note,
  ].join('\n');
}

// A tree has a line for each of its tensors.
function formatOutput({ path, shape }: LayerOutput): string {
  return path === '' ? formatShape(shape) : `${path} ${formatShape(shape)}`;
}

function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function formatBytes(bytes: number): string {
  if (bytes < 2 ** 10) return `${bytes} B`;
  return bytes < 2 ** 20
    ? `${(bytes / 2 ** 10).toFixed(1)} KiB`
    : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
