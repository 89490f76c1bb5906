import type { BackendManifestV1, ProgramV1 } from '@etalon/spec';
import { UnsupportedOperatorError } from '@etalon/spec';
import { lackOfNode } from '../passes/support.ts';
import { nodesThroughBodies } from '../program/map-bodies.ts';

/**
 * Checks a program, the bodies of its loops included, against a manifest.
 *
 * @throws {UnsupportedOperatorError} for the first node outside the manifest.
 */
export function assertSupported(
  program: ProgramV1,
  manifest: BackendManifestV1,
  backend: string,
): void {
  for (const { node, program: within } of nodesThroughBodies(program)) {
    const lack = lackOfNode(manifest, within, node);
    if (lack === undefined) continue;
    throw new UnsupportedOperatorError(
      'OPERATOR_UNSUPPORTED',
      `${program.name} › ${node.path}: backend "${backend}" does not run this node, got: ${lack}.\nFix: use \`prepare(program, backend)\`, which rewrites what a backend lacks and draws random numbers.`,
      { details: { operator: node.operator, path: node.path, backend } },
    );
  }
}
