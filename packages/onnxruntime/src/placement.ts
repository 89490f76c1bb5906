import { collectDimensionNames, evaluateShape } from '@etalon/compiler';
import { encodeOnnx, onnxNames, onnxNodeNames } from '@etalon/onnx';
import type { NodePlacement, ProgramV1 } from '@etalon/spec';
import { BackendError } from '@etalon/spec';
import { firstLine } from './first-line.ts';
import { toOnnxTensor, zeros } from './host-tensor.ts';
import { kernels } from './kernels.ts';
import type { OnnxRuntimeDevice } from './manifest.ts';
import type { OnnxRuntime, OnnxSessionOptions, OnnxTensor } from './runtime.ts';
import type { ShapePlan } from './shape-plan.ts';

/** A kernel that the engine ran. */
export interface KernelEvent {
  /** Name of the ONNX node. */
  readonly node: string;
  /** ONNX operator. */
  readonly operator: string;
  /** Name of the execution provider, `CPUExecutionProvider`. */
  readonly provider: string;
}

/** A model and what to run it on. */
export interface TraceRequest {
  readonly runtime: OnnxRuntime;
  readonly model: Uint8Array;
  readonly options: OnnxSessionOptions;
  /** Makes up inputs. */
  readonly makeFeeds: () => Readonly<Record<string, OnnxTensor>>;
  readonly fetches: Readonly<Record<string, null>>;
}

/** Reports the kernels of a model, in general by running it once. */
export type TraceKernels = (request: TraceRequest) => Promise<readonly KernelEvent[]>;

/** What is needed to find where nodes run. */
export interface PlacementRequest {
  readonly program: ProgramV1;
  /** Shapes to run with; without them sizes are guessed. */
  readonly plan: ShapePlan | undefined;
  readonly device: OnnxRuntimeDevice;
  readonly runtime: OnnxRuntime;
  readonly sessionOptions: OnnxSessionOptions;
  readonly traceKernels: TraceKernels;
}

/**
 * Finds where the nodes of a program and of the bodies of its loops run, in general by running it once on made-up
 * inputs in a session of its own.
 *
 * That session leaves the graph as it was written: the optimiser would rename fused nodes after
 * tensors, and fold constants away. Which provider has a kernel does not depend on it.
 *
 * @throws {BackendError} (rejects) when that run fails.
 */
export async function placeNodes(request: PlacementRequest): Promise<readonly NodePlacement[]> {
  const { program, device } = request;
  const events = await trace(request);
  const nodes = onnxNodeNames(program);
  const names = new Set(nodes.flatMap(({ name }) => (name === undefined ? [] : [name])));
  const eventsOf = new Map<string, KernelEvent[]>();
  for (const event of events) {
    const name = ownerOf(event.node, names);
    if (name === undefined) continue;
    const list = eventsOf.get(name);
    if (list === undefined) eventsOf.set(name, [event]);
    else list.push(event);
  }
  return nodes.map(({ node: { operator, path }, name }) => {
    const known: Readonly<Record<string, readonly string[]>> = kernels;
    const own = eventsOf.get(name ?? '') ?? [];
    return { path, operator, ...classify(own, known[operator] ?? [], device) };
  });
}

function classify(
  events: readonly KernelEvent[],
  native: readonly string[],
  device: OnnxRuntimeDevice,
): Pick<NodePlacement, 'kind' | 'device'> {
  const main = events.filter(({ operator }) => native.includes(operator));
  // Shapes live on the host whatever the device.
  const relevant = main.length > 0 ? main : events.filter(({ operator }) => operator !== 'Shape');
  const elsewhere = relevant.map(({ provider }) => deviceOf(provider)).find((d) => d !== device);
  if (elsewhere !== undefined) return { kind: 'fallback', device: elsewhere };
  // Without an event the node became a name for another tensor: nothing had to be rewritten.
  return { kind: main.length > 0 || relevant.length === 0 ? 'native' : 'decomposed', device };
}

/** `CUDAExecutionProvider` is `cuda`. */
function deviceOf(provider: string): string {
  return provider.replace(/ExecutionProvider$/, '').toLowerCase();
}

/**
 * Returns the name of the program's node that an ONNX node's name begins with: the writer appends `/part`, and `_2` and so on
 * to parts that repeat; WebGPU's layout transformation appends `_token_` and a number.
 */
function ownerOf(node: string, names: ReadonlySet<string>): string | undefined {
  for (let name = node; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
    if (names.has(name)) return name;
    const untransformed = name.replace(/_token_\d+$/, '');
    if (names.has(untransformed)) return untransformed;
    const unnumbered = untransformed.replace(/_\d+$/, '');
    if (names.has(unnumbered)) return unnumbered;
  }
  return undefined;
}

async function trace(request: PlacementRequest): Promise<readonly KernelEvent[]> {
  const { program, plan, runtime, sessionOptions, traceKernels } = request;
  const names = onnxNames(program);
  const makeFeeds = () => {
    const shapes = plan?.inputShapes ?? guessShapes(program);
    const feeds = program.inputs.map(({ name, value }, index) => {
      const tensor = zeros(program.values[value]?.dtype ?? 'float32', shapes[index] ?? []);
      return [names.inputs[name] ?? name, toOnnxTensor(runtime, tensor)] as const;
    });
    return Object.fromEntries(feeds);
  };
  const fetches = program.outputs.map(({ name }) => [names.outputs[name] ?? name, null] as const);
  try {
    return await traceKernels({
      runtime,
      model: encodeOnnx(program),
      options: { ...sessionOptions, graphOptimizationLevel: 'disabled' },
      makeFeeds,
      fetches: Object.fromEntries(fetches),
    });
  } catch (cause) {
    throw traceFailed(program.name, cause);
  }
}

/** Sizes that named dimensions are tried with, smallest first: windows and strides ask for more than 1. */
const TRIAL_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

function guessShapes(program: ProgramV1): readonly (readonly number[])[] {
  const names = new Set<string>();
  for (const { value } of program.inputs) {
    for (const size of program.values[value]?.shape ?? []) collectDimensionNames(size, names);
  }
  const shapesFor = (size: number): readonly (readonly number[])[] => {
    const bindings = Object.fromEntries([...names].map((name) => [name, size]));
    return program.values.map(({ shape }) => evaluateShape(shape, bindings));
  };
  const fits = (shapes: readonly (readonly number[])[]) => shapes.flat().every((size) => size > 0);
  const tried = TRIAL_SIZES.map(shapesFor);
  const shapes = tried.find(fits) ?? tried[0] ?? [];
  return program.inputs.map(({ value }) => shapes[value] ?? []);
}

function traceFailed(program: string, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_PLACEMENT_FAILED',
    `${program} › placement: the trial run failed, got ${JSON.stringify(firstLine(cause))}.\nFix: run the program once before, so that the trial can take its shapes.`,
    { cause, details: { program } },
  );
}
