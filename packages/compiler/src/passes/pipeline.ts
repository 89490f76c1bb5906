import type { BackendManifestV1, ProgramV1 } from '@etalon/spec';
import { throughBodies } from '../program/map-bodies.ts';
import { verifyProgram } from '../program/verify.ts';
import { removeDeadCode } from './dead-code.ts';
import { decompose } from './decompose.ts';
import { simplify } from './simplify.ts';

/** What passes know of the backend that a program is prepared for. */
export interface Target {
  readonly name: string;
  readonly manifest: BackendManifestV1;
}

/** One step from a neutral program to one that a backend runs. */
export interface Pass {
  readonly name: string;
  readonly apply: (program: ProgramV1, target: Target) => ProgramV1;
}

/**
 * The neutral passes in order; the program is verified after each. Randomness is hoisted before them, and
 * empty values are settled after them, when sizes are known. A layout pass belongs between the second
 * `simplify` and `removeDeadCode`: after decomposition there are no composite operators left to teach a layout.
 */
export const passes: readonly Pass[] = [
  { name: 'simplify', apply: simplify },
  {
    name: 'decompose',
    apply: (program, { manifest, name }) => decompose(program, manifest, name),
  },
  // Decompositions leave identities and repeated sub-expressions behind.
  { name: 'simplify', apply: simplify },
  { name: 'removeDeadCode', apply: removeDeadCode },
];

/** Runs the neutral passes. */
export function runPasses(program: ProgramV1, target: Target): ProgramV1 {
  verifyProgram(program);
  return passes.reduce((current, pass) => {
    const next = throughBodies(current, (inner) => pass.apply(inner, target));
    verifyProgram(next);
    return next;
  }, program);
}
