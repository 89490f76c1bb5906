import type { BackendV1, CompileOptions, ProgramV1 } from '@etalon/spec';
import { SpecificationVersionError } from '@etalon/spec';
import { removeDeadCode } from '../passes/dead-code.ts';
import { hoistRandomness } from '../passes/hoist-randomness.ts';
import { indexGuards } from '../passes/index-guards.ts';
import { runPasses } from '../passes/pipeline.ts';
import { verifyProgram } from '../program/verify.ts';
import { requireAliases } from './aliases.ts';
import type { PreparedProgram } from './prepared-program.ts';
import { Runner } from './runner.ts';

/**
 * Makes a program ready for a backend: verifies it, hoists randomness, runs the neutral passes and compiles.
 *
 * @param program - any program, composite and random operators included.
 * @param options - `aliases` as for {@link BackendV1.compile}.
 * @throws {SpecificationVersionError} (rejects) when the program or the backend is of another version.
 * @throws {ProgramError} (rejects) when the program breaks an invariant, or two draws share a stream.
 * @throws {AttributeError} (rejects) when an alias does not fit.
 * @throws {UnsupportedOperatorError} (rejects) when the backend lacks an operator that does not decompose.
 */
export async function prepare(
  program: ProgramV1,
  backend: BackendV1,
  options: CompileOptions = {},
): Promise<PreparedProgram> {
  requireVersion(backend);
  verifyProgram(program);
  const { aliases = {} } = options;
  requireAliases(program, aliases);
  // A draw that nothing uses needs no key.
  const source = removeDeadCode(program);
  const { program: hoisted, draws } = hoistRandomness(source);
  // Found before the passes, after which an operator with indices may have become others without.
  const guards = indexGuards(hoisted);
  const prepared = runPasses(hoisted, backend);
  // With a size of 0 written into it, a program needs the rules for empty values whatever its inputs.
  const isEmpty = prepared.values.some(({ shape }) => shape.includes(0));
  const executable = isEmpty ? undefined : await backend.compile(prepared, { aliases });
  return new Runner({ source, prepared, draws, guards, backend, aliases, executable });
}

function requireVersion(backend: BackendV1): void {
  const version: string = backend.specificationVersion;
  if (version === 'v1') return;
  throw new SpecificationVersionError(
    'VERSION_BACKEND',
    `backend "${backend.name}" implements specification ${JSON.stringify(version)}; this copy of @etalon/compiler reads "v1".\nFix: install matching versions of the @etalon packages.`,
  );
}
