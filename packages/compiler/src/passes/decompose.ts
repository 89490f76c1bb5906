import type { BackendManifestV1, ProgramV1 } from '@etalon/spec';
import { UnsupportedOperatorError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { rewriteProgram } from './rewrite.ts';
import { lackOfNode } from './support.ts';

/**
 * Replaces operators that a backend lacks by their decompositions, until all are declared.
 *
 * @throws {UnsupportedOperatorError} naming the node, when an operator without decomposition is left.
 */
export function decompose(
  program: ProgramV1,
  manifest: BackendManifestV1,
  backendName: string,
): ProgramV1 {
  let current = program;
  // Decompositions go from composite to core operators; each round removes one level.
  for (;;) {
    let replaced = 0;
    const before = current;
    current = rewriteProgram(before, {
      visit: ({ node, inputs, copy }) => {
        const lack = lackOfNode(manifest, before, node);
        if (lack === undefined) return copy();
        const { decompose: rule } = definitionOf(node.operator);
        if (rule === undefined) {
          throw new UnsupportedOperatorError(
            'OPERATOR_UNSUPPORTED',
            `${node.path}: backend "${backendName}" cannot run it, ${lack}.\nFix: choose another backend, or build the model without this operator.`,
            { details: { operator: node.operator, backend: backendName } },
          );
        }
        replaced++;
        return rule({ inputs, attributes: node.attributes });
      },
    });
    if (replaced === 0) return current;
  }
}
