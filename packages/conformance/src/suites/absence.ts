import {
  emit,
  lackOfSupport,
  operatorNames,
  operatorTraits,
  randomNormal,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { BackendManifestV1, BackendV1, ProgramV1 } from '@etalon/spec';
import { programOf } from '../cases/programs.ts';
import type { Check } from '../checks/check.ts';
import { required } from '../checks/check.ts';
import { mustReject } from '../checks/rejection.ts';
import { conformanceCases } from '../families/index.ts';

// Programs of a single node: each operator with the dtypes, ranks and attributes of its cases.
function singleNodes(): readonly ProgramV1[] {
  return conformanceCases
    .filter(({ operators }) => operators.length === 1)
    .map((subject) => programOf(subject, 'value'))
    .filter(({ nodes }) => nodes.length === 1);
}

function lackIn(manifest: BackendManifestV1, program: ProgramV1): string | undefined {
  const [node] = program.nodes;
  return node && lackOfSupport(manifest, program, node);
}

async function mustRefuse(
  check: string,
  backend: BackendV1,
  program: ProgramV1,
  why: string,
): Promise<void> {
  const compile = async (): Promise<void> => {
    const executable = await backend.compile(program);
    executable.dispose();
  };
  const what = `compile() of ${program.name} (${why})`;
  await mustReject(check, backend, what, compile, { name: 'UnsupportedOperatorError' });
}

// Operators without attributes broadcast, so that leading axes of size 1 may be added to all that they touch.
function withRank(program: ProgramV1, rank: number): ProgramV1 {
  const values = program.values.map(({ dtype, shape }) => ({
    dtype,
    shape: [...Array<number>(Math.max(rank - shape.length, 0)).fill(1), ...shape],
  }));
  return { ...program, name: `${program.name} of rank ${rank}`, values };
}

function withOperator(operator: string): ProgramV1 {
  const types = { x: tensor('float32', [2]) };
  const program = traceProgram('unknown', types, ({ x }) => ({ y: emit('neg', [x], {}) }));
  const nodes = program.nodes.map((node) => ({ ...node, operator }));
  return { ...program, nodes: nodes as unknown as ProgramV1['nodes'] };
}

/** What the manifest leaves out must be refused by `compile`, not computed: nobody has checked it. */
export const absenceChecks: readonly Check[] = [
  required('absence/undeclared-operators', 'absence', async ({ backend }) => {
    const { manifest } = backend;
    for (const operator of operatorNames) {
      if (manifest.operators[operator] !== undefined) continue;
      if (operatorTraits(operator).kind === 'random') continue;
      const program = singleNodes().find(({ nodes }) => nodes[0]?.operator === operator);
      const why = `operator "${operator}" is not declared`;
      if (program) await mustRefuse('absence/undeclared-operators', backend, program, why);
    }
  }),
  required('absence/undeclared-dtypes-and-attributes', 'absence', async ({ backend }) => {
    const id = 'absence/undeclared-dtypes-and-attributes';
    for (const program of singleNodes()) {
      const lack = lackIn(backend.manifest, program);
      if (lack !== undefined) await mustRefuse(id, backend, program, lack);
    }
  }),
  required('absence/undeclared-rank', 'absence', async ({ backend }) => {
    const { manifest } = backend;
    for (const program of singleNodes()) {
      const [node] = program.nodes;
      if (node === undefined || Object.keys(node.attributes).length > 0) continue;
      const support = manifest.operators[node.operator];
      if (support === undefined) continue;
      const deeper = withRank(program, support.maximumRank + 1);
      const lack = lackIn(manifest, deeper) ?? '';
      await mustRefuse('absence/undeclared-rank', backend, deeper, lack);
    }
  }),
  required('absence/unknown-operator', 'absence', ({ backend }) =>
    mustRefuse('absence/unknown-operator', backend, withOperator('frobnicate'), 'no such operator'),
  ),
  // a backend that would draw by itself would draw other bits
  required('absence/random-operator', 'absence', async ({ backend }) => {
    if (backend.manifest.operators.randomNormal !== undefined) return;
    const program = traceProgram('draw', {}, () => ({ y: randomNormal([3]) }));
    await mustRefuse('absence/random-operator', backend, program, 'random draws become inputs');
  }),
];
