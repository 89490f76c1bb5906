import type {
  DimensionBindings,
  NodeOf,
  ProgramV1,
  ScanAttributes,
  ValueId,
  ValueType,
} from '@etalon/spec';
import type { Tensor } from '../tracing/tensor.ts';
import type { Trace } from '../tracing/trace.ts';
import { removeDeadCode } from './dead-code.ts';
import { emptyTensor, isEmpty } from './empty-tensor.ts';

/**
 * Adds a scan whose sizes are bound, so that no engine sees an empty tensor or an empty loop: with no iteration the
 * carried values are the results, and empty operands and results are left out of the loop.
 *
 * @param specialize - does the same to the body.
 */
export function emptyScan(
  { operator, attributes, path }: NodeOf<'scan'>,
  inputs: readonly Tensor[],
  trace: Trace,
  specialize: (program: ProgramV1, bindings: DimensionBindings) => ProgramV1,
): readonly Tensor[] {
  const results = trace.typesOf(operator, inputs, attributes, path);
  const { carried, length } = attributes;
  const answered = results.map((type, at): Tensor | undefined => {
    if (isEmpty(type)) return trace.constant(emptyTensor(type), path);
    return length === 0 ? inputs[at] : undefined;
  });
  if (answered.every((tensor) => tensor !== undefined)) return answered;
  // Sizes are bound already, in the body too.
  const kept = keepFilled({ ...attributes, body: specialize(attributes.body, {}) }, inputs);
  const operands = inputs.filter((input) => !isEmpty(input));
  const left = trace.addAll(operator, operands, kept, path);
  let next = 0;
  return answered.map((tensor) => tensor ?? (left[next++] as Tensor));

  function keepFilled(scan: ScanAttributes, all: readonly Tensor[]): ScanAttributes {
    const { body, stacked } = scan;
    const isFilled = ({ value }: { readonly value: ValueId }): boolean =>
      !isEmpty(body.values[value] as ValueType);
    const filled = (from: number, to: number): number =>
      all.slice(from, to).filter((input) => !isEmpty(input)).length;
    return {
      ...scan,
      carried: filled(0, carried),
      stacked: filled(carried, carried + stacked),
      body: removeDeadCode({
        ...body,
        inputs: body.inputs.filter(isFilled),
        outputs: body.outputs.filter(isFilled),
      }),
    };
  }
}
