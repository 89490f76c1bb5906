import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KernelEvent, TraceRequest } from '../placement.ts';

/**
 * Runs a model once under ONNX Runtime's profiler, which writes a file, and returns the kernels that ran. The
 * file lies in a temporary folder of its own, which is deleted.
 */
export async function traceKernels(request: TraceRequest): Promise<readonly KernelEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'etalon-placement-'));
  try {
    await profile(request, join(folder, 'kernels'));
    const files = await readdir(folder);
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    return texts.flatMap(kernelEvents);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function profile(request: TraceRequest, prefix: string): Promise<void> {
  const { runtime, model, options, makeFeeds, fetches } = request;
  const session = await runtime.InferenceSession.create(model, {
    ...options,
    enableProfiling: true,
    profileFilePrefix: prefix,
  });
  try {
    await session.run(makeFeeds(), fetches);
    session.endProfiling();
  } finally {
    await session.release();
  }
}

/** An entry of the profile, in Chrome's trace format. */
interface TraceEntry {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

// Kernels are the entries of category "Node" whose name is the node's with this suffix.
const SUFFIX = '_kernel_time';

function kernelEvents(text: string): readonly KernelEvent[] {
  const entries = JSON.parse(text) as readonly TraceEntry[];
  return entries.flatMap(({ cat, name = '', args }) =>
    cat === 'Node' && name.endsWith(SUFFIX)
      ? [
          {
            node: name.slice(0, -SUFFIX.length),
            operator: args?.op_name ?? '',
            provider: args?.provider ?? '',
          },
        ]
      : [],
  );
}
