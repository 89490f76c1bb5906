import {
  decompose,
  lackOfSupport,
  mapBodies,
  operatorTraits,
  removeDeadCode,
  simplify,
} from '@etalon/compiler';
import type { BackendManifestV1, ProgramV1 } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';
import type { ConformanceCase } from '../cases/case.ts';

/**
 * Tells from the manifest alone why a backend need not run a program; `undefined` where it must.
 *
 * Operators that decompose count by what they decompose to, as in `prepare`; random draws are inputs.
 */
export function lackOf(
  manifest: BackendManifestV1,
  program: ProgramV1,
  { special, subnormal }: Pick<ConformanceCase, 'special' | 'subnormal'>,
): string | undefined {
  let prepared: ProgramV1;
  try {
    const simple = simplify(withoutDraws(program));
    prepared = removeDeadCode(simplify(decomposeAll(simple, manifest)));
  } catch (error) {
    const refused = EtalonError.isInstance(error) && error.code === 'OPERATOR_UNSUPPORTED';
    if (!refused) throw error;
    return lackInWords(manifest, simplify(withoutDraws(program))) ?? error.message;
  }
  if (subnormal && manifest.subnormals === 'flushed') return 'subnormals: "flushed"';
  if (!special) return undefined;
  const spoilt = prepared.nodes.find(
    ({ operator }) => manifest.operators[operator]?.nonFinite === false,
  );
  return spoilt && `nonFinite of "${spoilt.operator}" is false`;
}

function decomposeAll(program: ProgramV1, manifest: BackendManifestV1): ProgramV1 {
  const inside = mapBodies(program, (body) => decomposeAll(body, manifest));
  return decompose(inside, manifest, 'under test');
}

function lackInWords(manifest: BackendManifestV1, program: ProgramV1): string | undefined {
  for (const node of program.nodes) {
    if (operatorTraits(node.operator).decomposes) continue;
    const lack = lackOfSupport(manifest, program, node);
    if (lack !== undefined) return lack;
  }
  return undefined;
}

/** Random draws as inputs: `prepare` does the same before a backend sees the program. */
function withoutDraws(program: ProgramV1): ProgramV1 {
  const draws = program.nodes.filter(({ operator }) => operatorTraits(operator).kind === 'random');
  if (draws.length === 0) return program;
  return {
    ...program,
    inputs: [
      ...program.inputs,
      ...draws.map(({ outputs }) => ({ name: `draw ${outputs[0]}`, value: outputs[0] ?? -1 })),
    ],
    nodes: program.nodes.filter((node) => !draws.includes(node)),
  };
}
