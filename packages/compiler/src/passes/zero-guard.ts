import type { DimensionBindings, NodeV1, ProgramV1, ValueType } from '@etalon/spec';
import { EtalonError, InternalError, ShapeError } from '@etalon/spec';
import { definitionOf, resultTypesOf } from '../definitions/definition-of.ts';
import { evaluateDimension, evaluateShape } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
import { bodiesOf } from '../program/map-bodies.ts';
import { mapNodeDimensions } from '../program/map-dimensions.ts';
import { typesOf } from '../program/types-of.ts';
import { removeDeadCode } from './dead-code.ts';
import { emptyScan } from './empty-scan.ts';
import { emptyTensor, isEmpty } from './empty-tensor.ts';
import { rewriteProgram } from './rewrite.ts';

/** How the sizes bound for a run fit a program. */
export type SizeCheck = 'positive' | 'empty';

/**
 * Tells whether some value of the program is empty under the given sizes, and applies the operators' type rules to
 * the actual sizes: what a name stood for may turn out too small.
 *
 * @throws {ShapeError} naming the node and the sizes, when a rule refuses them.
 */
export function checkSizes(program: ProgramV1, bindings: DimensionBindings): SizeCheck {
  return sizesIn(program, program.name, bindings);
}

// Names in a body are those of the program around it.
function sizesIn(program: ProgramV1, where: string, bindings: DimensionBindings): SizeCheck {
  const types = program.values.map(
    ({ dtype, shape }): ValueType => ({ dtype, shape: evaluateShape(shape, bindings) }),
  );
  let sizes: SizeCheck = 'positive';
  for (const node of program.nodes) {
    const attributes = mapNodeDimensions(node, (size) => evaluateDimension(size, bindings));
    const results = typesUnder(where, node, { types, attributes, bindings });
    node.outputs.forEach((id, at) => {
      const type = results[at];
      if (type !== undefined) types[id] = type;
    });
    if (definitionOf(node.operator).repeats?.(attributes) === 0) {
      // Sizes that only the body refuses do no harm where it never runs.
      sizes = 'empty';
      continue;
    }
    for (const body of bodiesOf(node)) {
      if (sizesIn(body, where, bindings) === 'empty') sizes = 'empty';
    }
  }
  return types.some(isEmpty) ? 'empty' : sizes;
}

interface BoundNode {
  readonly types: readonly ValueType[];
  readonly attributes: NodeV1['attributes'];
  readonly bindings: DimensionBindings;
}

function typesUnder(
  where: string,
  node: NodeV1,
  { types, attributes, bindings }: BoundNode,
): readonly ValueType[] {
  try {
    return resultTypesOf(node.operator, typesOf(node.inputs, types), attributes);
  } catch (cause) {
    throw EtalonError.isInstance(cause) ? unfit(where, node, bindings, cause) : cause;
  }
}

function unfit(
  where: string,
  node: NodeV1,
  bindings: DimensionBindings,
  cause: EtalonError,
): ShapeError {
  const sizes = Object.entries(bindings).map(([name, size]) => `${name} ${size}`);
  return new ShapeError(
    'SHAPE_RUN_SIZES',
    `${where} › ${node.path}: the sizes of the inputs do not fit, got ${sizes.join(', ')}: ${cause.message}`,
    { cause, details: { bindings } },
  );
}

/**
 * Rewrites a program for sizes under which some values are empty, so that no engine sees an empty tensor: empty
 * results become constants, and operators with an empty operand and a result follow their rule.
 */
export function specializeEmpty(program: ProgramV1, bindings: DimensionBindings): ProgramV1 {
  const rewritten = rewriteProgram(program, {
    inputType: (_, type) => ({ dtype: type.dtype, shape: evaluateShape(type.shape, bindings) }),
    visit: ({ node, inputs, trace }) => {
      const definition = definitionOf(node.operator);
      const attributes = mapNodeDimensions(node, (size) => evaluateDimension(size, bindings));
      const bound = { ...node, attributes } as NodeV1;
      if (bound.operator === 'scan') return emptyScan(bound, inputs, trace, specializeEmpty);
      const outputs = trace.typesOf(node.operator, inputs, attributes, node.path);
      const [output] = outputs;
      if (output === undefined) return [];
      if (isEmpty(output)) return trace.constant(emptyTensor(output), node.path);
      if (!inputs.some(isEmpty)) return trace.add(node.operator, inputs, attributes, node.path);
      if (definition.whenEmpty === undefined) {
        throw new InternalError(
          'INTERNAL_EMPTY_RULE',
          `${node.path}: no rule for an empty operand, got ${inputs.map(formatType).join(', ')}. This is a bug in @etalon/compiler.`,
        );
      }
      return definition.whenEmpty({ inputs, attributes, output });
    },
    // an input that is returned
    output: (tensor, name, trace) =>
      isEmpty(tensor) && trace.constantOf(tensor) === undefined
        ? trace.constant(emptyTensor(tensor), name)
        : tensor,
  });
  return removeDeadCode(rewritten);
}
