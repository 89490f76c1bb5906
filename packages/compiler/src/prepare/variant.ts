import type {
  BackendV1,
  DimensionBindings,
  ExecutableV1,
  HostTensor,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { removeDeadCode } from '../passes/dead-code.ts';
import { specializeEmpty } from '../passes/zero-guard.ts';
import { verifyProgram } from '../program/verify.ts';
import type { Aliases } from './aliases.ts';
import { HostResult } from './host-result.ts';

/** A way to run a prepared program: by the engine, or partly by rule where values are empty. */
export interface Variant {
  run(inputs: RunInputs, options: RunOptions): Promise<RunOutputs>;
  dispose(): void;
}

/** Compiles the variant of a program for sizes that make some values empty. */
export async function emptyVariant(
  program: ProgramV1,
  bindings: DimensionBindings,
  backend: BackendV1,
  aliases: Aliases,
): Promise<Variant> {
  const { answered, rest } = splitAnswered(specializeEmpty(program, bindings));
  const outputs = new Set(rest.outputs.map(({ name }) => name));
  const needed = new Set(rest.inputs.map(({ name }) => name));
  const kept = Object.fromEntries(
    Object.entries(aliases).filter(([output, input]) => outputs.has(output) && needed.has(input)),
  );
  const executable: ExecutableV1 | undefined =
    outputs.size === 0 ? undefined : await backend.compile(rest, { aliases: kept });
  const consumed = Object.values(aliases).filter((input) => !Object.values(kept).includes(input));
  return {
    run: async (inputs, options) => {
      if (executable === undefined && options.signal?.aborted === true) throw options.signal.reason;
      const used = Object.fromEntries(
        [...needed].flatMap((name) => {
          const tensor = inputs[name];
          return tensor === undefined ? [] : [[name, tensor]];
        }),
      );
      const computed = (await executable?.run(used, options)) ?? {};
      for (const name of consumed) {
        const tensor = inputs[name];
        if (tensor !== undefined && 'dispose' in tensor) tensor.dispose();
      }
      const results = [...answered].map(([name, tensor]) => [name, new HostResult(tensor)]);
      return { ...computed, ...Object.fromEntries(results) };
    },
    dispose: () => executable?.dispose(),
  };
}

// Outputs that became constants are answered here; the rest, with the inputs it needs, goes to the engine.
function splitAnswered(program: ProgramV1): {
  readonly answered: ReadonlyMap<string, HostTensor>;
  readonly rest: ProgramV1;
} {
  const constants = new Map(program.constants.map(({ value, tensor }) => [value, tensor]));
  const answered = new Map<string, HostTensor>();
  const outputs = program.outputs.filter(({ name, value }) => {
    const constant = constants.get(value);
    if (constant !== undefined) answered.set(name, constant);
    return constant === undefined;
  });
  const used = new Set([
    ...program.nodes.flatMap(({ inputs }) => inputs),
    ...outputs.map(({ value }) => value),
  ]);
  const rest = removeDeadCode({
    ...program,
    outputs,
    inputs: program.inputs.filter(({ value }) => used.has(value)),
  });
  verifyProgram(rest);
  return { answered, rest };
}
