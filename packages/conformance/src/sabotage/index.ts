import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1 } from '@etalon/spec';
import { wrongBehaviour } from './behaviour.ts';
import { wrongLoops } from './loops.ts';
import { wrongManifests } from './manifest.ts';
import { wrongOperators } from './operators.ts';
import { wrongPooling } from './pooling.ts';
import { withSabotage } from './rewrite.ts';
import { wrongUploads } from './uploads.ts';

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
  'half-precision-in-loops': 'scan/jax-recurrent',
  'loop-ignores-reverse': 'scan/jax-recurrent-reverse',
  'loop-keeps-first-carried': 'scan/scalars',
  'loop-counts-from-one': 'scan/index',
  'loop-counts-in-order-of-time': 'scan/index-reverse',
  'loop-stays-at-first-slice': 'scan/totals',
  'loop-stacks-in-order-of-time': 'scan/totals-reverse',
  'swallowed-errors': 'errors/foreign-tensor',
  'shared-output-buffer': 'lifecycle/outputs-outlive-later-runs',
  'bodies-have-no-place': 'lifecycle/placement-names-nodes-of-loops',
  'input-written-to': 'lifecycle/inputs-untouched',
  'alias-not-consumed': 'lifecycle/alias-consumes',
  'manifest-declares-too-much': 'erf/values',
  'manifest-declares-too-little': 'absence/undeclared-operators',
  'manifest-forgotten-in-loops': 'absence/undeclared-dtypes-and-attributes',
  'signal-ignored': 'lifecycle/abort-before-run',
  'baked-in-batch': 'matmul/symbolic-batch',
  'own-random-bits': 'randomUniform/unit',
  'dispose-does-nothing': 'lifecycle/dispose-executable',
  'backend-dispose-does-nothing': 'lifecycle/dispose-backend',
  'mixed-up-results': 'lifecycle/concurrent-runs-queue',
  'uncertain-sums': 'determinism/matmul/all-past-a-tile',
  'results-die-with-executable': 'lifecycle/dispose-executable',
  'integer-sums-saturate': 'add/int32-wraps',
  'bool-results-as-bytes': 'equal/int32',
  'upload-consumed-by-any-run': 'lifecycle/upload-feeds-runs',
  'upload-ignores-dispose': 'lifecycle/upload-feeds-runs',
  'upload-lends-its-array': 'lifecycle/upload-feeds-runs',
  'upload-survives-alias': 'lifecycle/upload-consumed',
  'upload-written-to': 'lifecycle/upload-consumed',
  'upload-takes-any-data': 'lifecycle/upload-checks-data',
  'upload-of-bool-as-bytes': 'lifecycle/upload-keeps-types',
  'upload-after-dispose': 'lifecycle/upload-ends-with-backend',
  'foreign-upload-taken': 'errors/foreign-upload',
  'manifest-missing': 'manifest/form',
  'threads-not-listed': 'manifest/form',
  'threads-of-zero': 'manifest/form',
  'loop-policy-unknown': 'manifest/form',
  'precision-unknown': 'manifest/form',
  'device-inputs-unknown': 'manifest/form',
  'deterministic-in-words': 'manifest/form',
  'dtype-unknown': 'manifest/form',
  'rank-unlimited': 'manifest/form',
  'non-finite-left-out': 'manifest/form',
  'limits-without-values': 'manifest/form',
  'dtype-that-the-operator-has-not': 'manifest/dtypes',
  'limit-on-no-attribute': 'manifest/limits',
  'limit-that-excludes-all': 'manifest/limits',
  'manifest-of-getters': 'manifest/plain-data',
  'name-changes': 'manifest/stable',
  'one-backend-for-all': 'manifest/fresh',
};

function sabotaged(name: string, create: () => BackendV1): SabotagedBackend {
  return { name, caughtBy: caughtBy[name] ?? '', create };
}

// The factory is what is wrong; a backend that was disposed makes place for another, as the next run would be lost.
function oneForAll(): () => BackendV1 {
  let shared: BackendV1 | undefined;
  return () => {
    const backend = createReferenceBackend();
    shared ??= {
      ...backend,
      dispose: () => {
        shared = undefined;
        return backend.dispose();
      },
    };
    return shared;
  };
}

/**
 * Backends that are wrong on purpose, each in one way: the proof that the suite can fail. They wrap the reference
 * and must never be used for anything else.
 */
export const sabotagedBackends: readonly SabotagedBackend[] = [
  ...Object.entries({ ...wrongOperators, ...wrongPooling }).map(([name, operators]) =>
    sabotaged(name, () => withSabotage(createReferenceBackend(), { operators })),
  ),
  ...Object.entries(wrongLoops).map(([name, loop]) =>
    sabotaged(name, () => withSabotage(createReferenceBackend(), { loop })),
  ),
  ...Object.entries({ ...wrongBehaviour, ...wrongUploads, ...wrongManifests }).map(([name, wrap]) =>
    sabotaged(name, () => wrap(createReferenceBackend())),
  ),
  sabotaged('one-backend-for-all', oneForAll()),
];
