import {
  decompose,
  hoistRandomness,
  lackOfNode,
  nodesThroughBodies,
  operatorTraits,
  removeDeadCode,
  simplify,
  throughBodies,
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
    prepared = throughBodies(withoutDraws(program), (inner) =>
      removeDeadCode(simplify(decompose(simplify(inner), manifest, 'under test'))),
    );
  } catch (error) {
    const refused = EtalonError.isInstance(error) && error.code === 'OPERATOR_UNSUPPORTED';
    if (!refused) throw error;
    const simple = throughBodies(withoutDraws(program), simplify);
    return lackInWords(manifest, simple) ?? error.message;
  }
  if (subnormal && manifest.subnormals === 'flushed') return 'subnormals: "flushed"';
  if (!special) return undefined;
  const spoilt = nodesThroughBodies(prepared).find(
    ({ node: { operator } }) => manifest.operators[operator]?.nonFinite === false,
  )?.node;
  return spoilt && `nonFinite of "${spoilt.operator}" is false`;
}

function lackInWords(manifest: BackendManifestV1, whole: ProgramV1): string | undefined {
  for (const { node, program } of nodesThroughBodies(whole)) {
    if (operatorTraits(node.operator).decomposes) continue;
    const lack = lackOfNode(manifest, program, node);
    if (lack !== undefined) return lack;
  }
  return undefined;
}

/** Random draws as inputs: `prepare` does the same before a backend sees the program. */
function withoutDraws(program: ProgramV1): ProgramV1 {
  return hoistRandomness(program).program;
}
