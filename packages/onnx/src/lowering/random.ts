import type { OperatorName, RandomOperatorsV1 } from '@etalon/spec';
import { UnsupportedOperatorError } from '@etalon/spec';
import type { LoweringContext, LoweringsOf } from './lowering.ts';

/** Random draws have no lowering: ONNX's own generators would draw other bits. */
export const randomLowerings: LoweringsOf<keyof RandomOperatorsV1> = {
  randomUniform: refuse,
  randomNormal: refuse,
  randomBernoulli: refuse,
};

function refuse({ node }: LoweringContext<OperatorName & keyof RandomOperatorsV1>): never {
  const { path, operator, attributes } = node;
  throw new UnsupportedOperatorError(
    'OPERATOR_UNSUPPORTED',
    `${path}: ${operator} has no ONNX form, got stream ${JSON.stringify(attributes.stream)}.\n` +
      'Expected a program whose random draws are inputs.\n' +
      'Fix: pass the program through `prepare` first, which hoists random draws to inputs.',
    { details: { operator, path, stream: attributes.stream } },
  );
}
