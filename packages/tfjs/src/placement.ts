import { operatorTraits } from '@etalon/compiler';
import type { NodePlacement, ProgramV1 } from '@etalon/spec';
import type { TfjsEngineName } from './engines/engine.ts';
import type { KernelKind } from './kernels/kernel.ts';
import type { Step } from './plan.ts';

const kinds: Readonly<Record<KernelKind, NodePlacement['kind']>> = {
  native: 'native',
  decomposed: 'decomposed',
  loop: 'fallback',
};

/** Device of what this package computes itself, over the engine's arrays. */
const LOOP_DEVICE = 'javascript';

/** Tells where the nodes of a program run. */
export function placeNodes(
  program: ProgramV1,
  steps: readonly Step[],
  engine: TfjsEngineName,
): readonly NodePlacement[] {
  return steps.map(({ node, kernel, dtype }) => {
    const { dataOperand } = operatorTraits(node.operator);
    const data = node.inputs[dataOperand];
    const kind = kernel.kind(program.values[data ?? -1]?.dtype ?? dtype, engine);
    return {
      path: node.path,
      operator: node.operator,
      kind: kinds[kind],
      device: kind === 'loop' ? LOOP_DEVICE : engine,
    };
  });
}
