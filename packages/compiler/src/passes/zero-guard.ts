import type { Dimension, DimensionBindings, HostTensor, ProgramV1, ValueType } from '@etalon/spec';
import { InternalError, ShapeError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { evaluateDimension, evaluateShape } from '../dimension/index.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { removeDeadCode } from './dead-code.ts';
import { rewriteProgram } from './rewrite.ts';

/** How the sizes bound for a run fit a program. */
export type SizeCheck = 'positive' | 'empty';

/**
 * Tells whether some value of the program is empty under the given sizes.
 *
 * @throws {ShapeError} when a size is negative: the input is too small for the program.
 */
export function checkSizes(program: ProgramV1, bindings: DimensionBindings): SizeCheck {
  let result: SizeCheck = 'positive';
  let negative: ValueType | undefined;
  for (const type of program.values) {
    for (const size of type.shape) {
      const value = evaluateDimension(size, bindings);
      if (value === 0) result = 'empty';
      if (value < 0) negative ??= type;
    }
  }
  // Negative sizes beside empty ones arise from windows over nothing; the rules for emptiness settle those.
  if (negative !== undefined && result === 'positive') throw tooSmall(program, negative, bindings);
  return result;
}

function tooSmall(program: ProgramV1, type: ValueType, bindings: DimensionBindings): ShapeError {
  const id = program.values.indexOf(type);
  const node = program.nodes.find(({ outputs }) => outputs.includes(id));
  return new ShapeError(
    'SHAPE_NEGATIVE',
    `${node?.path ?? program.name}: the input is too small, got ${JSON.stringify(bindings)} for ${formatShape(type.shape)}.`,
  );
}

/**
 * Rewrites a program for sizes under which some values are empty, so that no engine sees an empty tensor: empty
 * results become constants, and operators with an empty operand and a result follow their rule.
 */
export function specializeEmpty(program: ProgramV1, bindings: DimensionBindings): ProgramV1 {
  const bind = (size: Dimension): number => evaluateDimension(size, bindings);
  const rewritten = rewriteProgram(program, {
    inputType: (_, type) => ({ dtype: type.dtype, shape: evaluateShape(type.shape, bindings) }),
    visit: ({ node, inputs, trace }) => {
      const definition = definitionOf(node.operator);
      const attributes = definition.mapDimensions?.(node.attributes, bind) ?? node.attributes;
      const output = definition.type(inputs, attributes);
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
    output: (tensor, name, trace) =>
      isEmpty(tensor) ? trace.constant(emptyTensor(tensor), name) : tensor,
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
