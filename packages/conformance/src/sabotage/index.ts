import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1 } from '@etalon/spec';
import { wrongBehaviour } from './behaviour.ts';
import { wrongOperators } from './operators.ts';
import { wrongPooling } from './pooling.ts';
import { withWrongOperators } from './rewrite.ts';

/** A backend that is wrong in one way, and the check that must notice. */
export interface SabotagedBackend {
  readonly name: string;
  /** Id of the check that fails on it and passes on the reference. */
  readonly caughtBy: string;
  /** Creates a fresh one. */
  readonly create: () => BackendV1;
}

const caughtBy: Readonly<Record<string, string>> = {
  'transposed-matmul-operand': 'matmul/square',
  'ignored-convolution-padding': 'conv2d/same-padding',
  'swapped-convolution-strides': 'conv2d/stride-2-1',
  'ignored-dilation': 'conv2d/dilation-2',
  'off-by-one-slice': 'slice/to-the-end',
  'half-precision-sums': 'matmul/matrices',
  'dropped-last-term': 'matmul/inner-129',
  'relu-drops-nan': 'relu/special',
  'sign-of-nan-is-zero': 'sign/special',
  'reduce-max-drops-nan': 'reduceMax/special',
  'last-of-ties': 'argMax/ties',
  'scatter-overwrites': 'scatterAdd/duplicates',
  'division-floors': 'div/int32-truncates',
  'cast-rounds': 'cast/truncates-towards-zero',
  'rounds-half-up': 'roundEven/ties',
  'softmax-without-shift': 'softmax/large-logits',
  'where-leaks-nan': 'where/special',
  'average-counts-padding': 'averagePool2d/padding-not-counted',
  'max-pool-pads-with-zero': 'maxPool2d/padding-is-not-zero',
  'inverted-permutation': 'transpose/float32',
  'flushed-subnormals': 'add/subnormal',
  'pool-gradient-to-all-ties': 'gradient/maxPool2d/ties-basic',
  'pool-gradient-overwrites': 'gradient/maxPool2d/overlapping',
  'swallowed-errors': 'errors/foreign-tensor',
  'shared-output-buffer': 'lifecycle/outputs-outlive-later-runs',
  'input-written-to': 'lifecycle/inputs-untouched',
  'alias-not-consumed': 'lifecycle/alias-consumes',
  'manifest-declares-too-much': 'erf/values',
  'manifest-declares-too-little': 'absence/undeclared-operators',
  'baked-in-batch': 'matmul/symbolic-batch',
  'own-random-bits': 'randomUniform/unit',
  'dispose-does-nothing': 'lifecycle/dispose-executable',
  'backend-dispose-does-nothing': 'lifecycle/dispose-backend',
  'mixed-up-results': 'lifecycle/concurrent-runs-queue',
  'uncertain-sums': 'determinism/matmul/all-past-a-tile',
  'results-die-with-executable': 'lifecycle/dispose-executable',
};

function sabotaged(name: string, create: () => BackendV1): SabotagedBackend {
  return { name, caughtBy: caughtBy[name] ?? '', create };
}

/**
 * Backends that are wrong on purpose, each in one way: the proof that the suite can fail. They wrap the reference
 * and must never be used for anything else.
 */
export const sabotagedBackends: readonly SabotagedBackend[] = [
  ...Object.entries({ ...wrongOperators, ...wrongPooling }).map(([name, wrong]) =>
    sabotaged(name, () => withWrongOperators(createReferenceBackend(), wrong)),
  ),
  ...Object.entries(wrongBehaviour).map(([name, wrap]) =>
    sabotaged(name, () => wrap(createReferenceBackend())),
  ),
];
