import type { DimensionBindings, HostTensor, NodeV1, ProgramV1, ValueType } from '@etalon/spec';
import { EtalonError, InternalError, ShapeError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { evaluateDimension, evaluateShape } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
import { typesOf } from '../program/types-of.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { removeDeadCode } from './dead-code.ts';
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
  const types = program.values.map(
    ({ dtype, shape }): ValueType => ({ dtype, shape: evaluateShape(shape, bindings) }),
  );
  for (const node of program.nodes) {
    const [id] = node.outputs;
    if (id !== undefined) types[id] = typeUnder(program, node, types, bindings);
  }
  return types.some(isEmpty) ? 'empty' : 'positive';
}

function typeUnder(
  program: ProgramV1,
  node: NodeV1,
  types: readonly ValueType[],
  bindings: DimensionBindings,
): ValueType {
  try {
    return definitionOf(node.operator).type(
      typesOf(node.inputs, types),
      bindAttributes(node, bindings),
    );
  } catch (cause) {
    throw EtalonError.isInstance(cause) ? unfit(program, node, bindings, cause) : cause;
  }
}

function unfit(
  program: ProgramV1,
  node: NodeV1,
  bindings: DimensionBindings,
  cause: EtalonError,
): ShapeError {
  const sizes = Object.entries(bindings).map(([name, size]) => `${name} ${size}`);
  return new ShapeError(
    'SHAPE_RUN_SIZES',
    `${program.name} › ${node.path}: the sizes of the inputs do not fit, got ${sizes.join(', ')}: ${cause.message}`,
    { cause, details: { bindings } },
  );
}

function bindAttributes(node: NodeV1, bindings: DimensionBindings): NodeV1['attributes'] {
  return (
    definitionOf(node.operator).mapDimensions?.(node.attributes, (size) =>
      evaluateDimension(size, bindings),
    ) ?? node.attributes
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
      const attributes = bindAttributes(node, bindings);
      const output = trace.typeOf(node.operator, inputs, attributes, node.path);
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

function isEmpty(type: ValueType | Tensor): boolean {
  return type.shape.includes(0);
}

function emptyTensor({ dtype, shape }: ValueType): HostTensor {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 0));
  switch (dtype) {
    case 'float32':
      return { dtype, shape: sizes, data: new Float32Array() };
    case 'int32':
      return { dtype, shape: sizes, data: new Int32Array() };
    default:
      return { dtype, shape: sizes, data: new Uint8Array() };
  }
}
