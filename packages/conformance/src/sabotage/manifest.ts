import type { BackendManifestV1, BackendV1, OperatorSupportOf } from '@etalon/spec';

// Casts make what no type checker would let through: manifests also come from plain JavaScript.
function declaring(changes: object): (backend: BackendV1) => BackendV1 {
  return (backend) => ({
    ...backend,
    manifest: { ...backend.manifest, ...changes } as BackendManifestV1,
  });
}

function declaringOf(
  operator: 'exp' | 'conv2d',
  changes: object,
): (backend: BackendV1) => BackendV1 {
  return (backend) => {
    const support = backend.manifest.operators[operator] as OperatorSupportOf<'exp'>;
    const operators = { ...backend.manifest.operators, [operator]: { ...support, ...changes } };
    return declaring({ operators })(backend);
  };
}

/** JSON knows own properties only, and these are the prototype's. */
class Inherited {
  readonly #manifest: BackendManifestV1;

  constructor(manifest: BackendManifestV1) {
    this.#manifest = manifest;
  }

  get operators() {
    return this.#manifest.operators;
  }
  get precision() {
    return this.#manifest.precision;
  }
  get subnormals() {
    return this.#manifest.subnormals;
  }
  get imageLayout() {
    return this.#manifest.imageLayout;
  }
  get loopPolicy() {
    return this.#manifest.loopPolicy;
  }
  get deviceInputs() {
    return this.#manifest.deviceInputs;
  }
  get threads() {
    return this.#manifest.threads;
  }
  get deterministic() {
    return this.#manifest.deterministic;
  }
}

let created = 0;

/** Manifests that are malformed or promise what cannot be, by the name of the backend. */
export const wrongManifests: Readonly<Record<string, (backend: BackendV1) => BackendV1>> = {
  'manifest-missing': (backend) => ({ ...backend, manifest: undefined as never }),
  'threads-not-listed': declaring({ threads: 4 }),
  'threads-of-zero': declaring({ threads: [0] }),
  'loop-policy-unknown': declaring({ loopPolicy: 'unrolled' }),
  'precision-unknown': declaring({ precision: 'half' }),
  'device-inputs-unknown': declaring({ deviceInputs: true }),
  'deterministic-in-words': declaring({ deterministic: 'yes' }),
  'dtype-unknown': declaringOf('exp', { dtypes: ['float64'] }),
  'rank-unlimited': declaringOf('exp', { maximumRank: Number.POSITIVE_INFINITY }),
  'non-finite-left-out': declaringOf('exp', { nonFinite: undefined }),
  'limits-without-values': declaringOf('conv2d', { limits: [{ attribute: 'groups' }] }),
  'dtype-that-the-operator-has-not': declaringOf('exp', { dtypes: ['float32', 'int32'] }),
  'limit-on-no-attribute': declaringOf('conv2d', {
    limits: [{ attribute: 'group', oneOf: [1] }],
  }),
  'limit-that-excludes-all': declaringOf('conv2d', {
    limits: [{ attribute: 'groups', oneOf: [7] }],
  }),
  'manifest-of-getters': (backend) => ({ ...backend, manifest: new Inherited(backend.manifest) }),
  'name-changes': (backend) => ({ ...backend, name: `${backend.name}-${created++}` }),
};
