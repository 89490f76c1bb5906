import { operatorTraits } from '@etalon/compiler';
import type { NodePlacement } from '@etalon/spec';
import type { TfjsEngineName } from './engines/engine.ts';
import type { KernelKind } from './kernels/kernel.ts';
import type { PlannedProgram } from './plan.ts';

const kinds: Readonly<Record<KernelKind, NodePlacement['kind']>> = {
  native: 'native',
  decomposed: 'decomposed',
  loop: 'fallback',
};

/** Device of what this package computes itself, over the engine's arrays. */
const LOOP_DEVICE = 'javascript';

/** Tells where the nodes of a program run; a loop is followed by the nodes of its body. */
export function placeNodes(
  { program, steps }: PlannedProgram,
  engine: TfjsEngineName,
): readonly NodePlacement[] {
  return steps.flatMap((step): readonly NodePlacement[] => {
    const { path, operator, inputs } = step.node;
    if ('body' in step) {
      return [
        { path, operator, kind: 'decomposed', device: engine },
        ...placeNodes(step.body, engine),
      ];
    }
    const data = program.values[inputs[operatorTraits(operator).dataOperand] ?? -1];
    const kind = step.kernel.kind(data?.dtype ?? step.dtype, engine);
    return [{ path, operator, kind: kinds[kind], device: kind === 'loop' ? LOOP_DEVICE : engine }];
  });
}
