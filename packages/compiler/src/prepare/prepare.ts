import type {
  BackendV1,
  CompileOptions,
  DimensionBindings,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { DisposedError, SpecificationVersionError } from '@etalon/spec';
import { bindInputShapes } from '../dimension/index.ts';
import { hoistRandomness } from '../passes/hoist-randomness.ts';
import { indexGuards } from '../passes/index-guards.ts';
import { runPasses } from '../passes/pipeline.ts';
import { checkSizes } from '../passes/zero-guard.ts';
import { checkIndices, checkInputTypes } from './check-inputs.ts';
import type { DrawOptions } from './draw-inputs.ts';
import { drawInputs } from './draw-inputs.ts';
import { HostResult } from './host-result.ts';
import type { Variant } from './variant.ts';
import { emptyVariant } from './variant.ts';

/** Choices of one run of a prepared program. */
export interface PreparedRunOptions extends RunOptions, DrawOptions {}

/** A program made ready for one backend. */
export interface PreparedProgram {
  /** The program as the backend got it: simplified, decomposed, random draws as inputs. */
  readonly program: ProgramV1;
  /**
   * Runs the program after checking its inputs. Sizes of 0 are answered by the operators' rules. Inputs are
   * borrowed unless aliased; outputs belong to the caller.
   *
   * @throws {ShapeError} (rejects) when an input's shape does not fit.
   * @throws {DTypeError} (rejects) when an input's dtype does not fit.
   * @throws {DataError} (rejects) for an unknown input, or an index on the host that is out of range.
   * @throws {AttributeError} (rejects) when the program draws at random and no key was passed.
   */
  run(inputs: RunInputs, options?: PreparedRunOptions): Promise<RunOutputs>;
  /** Reports where each node runs. */
  placement(): Promise<readonly NodePlacement[]>;
  /** Frees what the backend holds for the program. Idempotent. */
  dispose(): void;
}

/**
 * Makes a program ready for a backend: checks versions, hoists randomness, runs the neutral passes and compiles.
 *
 * @param program - any program, composite and random operators included.
 * @param options - `aliases` as for {@link BackendV1.compile}.
 * @throws {SpecificationVersionError} (rejects) when the backend implements another version.
 * @throws {UnsupportedOperatorError} (rejects) when the backend lacks an operator that does not decompose.
 */
export async function prepare(
  program: ProgramV1,
  backend: BackendV1,
  options: CompileOptions = {},
): Promise<PreparedProgram> {
  requireVersion(backend);
  const hoisted = hoistRandomness(program);
  const prepared = runPasses(hoisted.program, backend);
  const guards = indexGuards(prepared);
  const aliases = options.aliases ?? {};
  const executable = await backend.compile(prepared, options);
  const variants = new Map<string, Variant>();
  const sizes = sizeChecker(prepared);
  let disposed = false;

  const variantFor = async (bindings: DimensionBindings): Promise<Variant> => {
    if (sizes(bindings) === 'positive') return executable;
    const key = JSON.stringify(bindings);
    const known = variants.get(key);
    if (known !== undefined) return known;
    const made = await emptyVariant(prepared, bindings, backend, aliases);
    variants.set(key, made);
    return made;
  };

  return {
    program: prepared,
    run: async (inputs, { key, iteration, ...runOptions } = {}) => {
      if (disposed) throw disposedError(program.name);
      checkInputTypes(program, inputs);
      const bindings = bindInputShapes(program, shapesOf(inputs));
      checkIndices(prepared, guards, inputs, bindings);
      const draws = drawInputs(program.name, hoisted.draws, bindings, {
        ...(key && { key }),
        ...(iteration && { iteration }),
      });
      const variant = await variantFor(bindings);
      return variant.run({ ...unwrap(inputs), ...draws }, runOptions);
    },
    placement: () => executable.placement(),
    dispose: () => {
      disposed = true;
      executable.dispose();
      for (const variant of variants.values()) variant.dispose();
      variants.clear();
    },
  };
}

function requireVersion(backend: BackendV1): void {
  const version: string = backend.specificationVersion;
  if (version === 'v1') return;
  throw new SpecificationVersionError(
    'VERSION_BACKEND',
    `backend "${backend.name}" implements specification ${JSON.stringify(version)}; this copy of @etalon/compiler reads "v1".\nFix: install matching versions of the @etalon packages.`,
  );
}

// Evaluating every size of a program is not free, and most runs repeat the sizes of the one before.
function sizeChecker(program: ProgramV1): (bindings: DimensionBindings) => 'positive' | 'empty' {
  let lastKey: string | undefined;
  let last: 'positive' | 'empty' = 'positive';
  return (bindings) => {
    const key = JSON.stringify(bindings);
    if (key !== lastKey) {
      last = checkSizes(program, bindings);
      lastKey = key;
    }
    return last;
  };
}

function shapesOf(inputs: RunInputs): Readonly<Record<string, readonly number[]>> {
  const shapes: Record<string, readonly number[]> = {};
  for (const name in inputs) shapes[name] = inputs[name]?.shape ?? [];
  return shapes;
}

// Results that were answered by rule are on the host; a backend would take them for another backend's tensors.
function unwrap(inputs: RunInputs): RunInputs {
  const unwrapped: Record<string, RunInputs[string]> = {};
  for (const name in inputs) {
    const tensor = inputs[name];
    if (tensor !== undefined)
      unwrapped[name] = tensor instanceof HostResult ? tensor.tensor : tensor;
  }
  return unwrapped;
}

function disposedError(name: string): DisposedError {
  return new DisposedError(
    'PROGRAM_DISPOSED',
    `${name}: the prepared program was disposed.\nFix: prepare it again, or dispose it after the last run.`,
  );
}
