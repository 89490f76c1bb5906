import { mul } from '@etalon/compiler';
import type {
  BackendV1,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  RunInputs,
  RunOutputs,
} from '@etalon/spec';
import { UnsupportedOperatorError } from '@etalon/spec';
import { countOf, hostTensor } from '../cases/host-tensor.ts';
import { withExecutables } from './executables.ts';
import { withSabotage } from './rewrite.ts';

function isHost(tensor: RunInputs[string]): tensor is HostTensor {
  return 'data' in tensor;
}

function mapInputs(
  inputs: RunInputs,
  map: (tensor: HostTensor, name: string) => HostTensor,
): RunInputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [
      name,
      isHost(tensor) ? map(tensor, name) : tensor,
    ]),
  );
}

/** Results whose memory the next run of the same executable writes to. */
function sharedBuffers(executable: ExecutableV1): Partial<ExecutableV1> {
  const buffers = new Map<string, HostTensor>();
  return {
    run: async (inputs) => {
      const outputs = await executable.run(inputs);
      const shared: [string, DeviceTensorV1][] = [];
      for (const [name, tensor] of Object.entries(outputs)) {
        const fresh = await tensor.read();
        const buffer = buffers.get(name);
        if (buffer?.data.length === fresh.data.length) buffer.data.set(fresh.data);
        else buffers.set(name, fresh);
        const held = buffers.get(name) ?? fresh;
        const { dtype, shape } = held;
        shared.push([
          name,
          { dtype, shape, read: async () => held, dispose: () => tensor.dispose() },
        ]);
      }
      return Object.fromEntries(shared);
    },
  };
}

/** Shapes of the first run for ever. */
function bakedShapes(executable: ExecutableV1): Partial<ExecutableV1> {
  const first = new Map<string, readonly number[]>();
  return {
    run: (inputs, options) =>
      executable.run(
        mapInputs(inputs, ({ dtype, shape, data }, name) => {
          const baked = first.get(name) ?? shape;
          first.set(name, baked);
          const filled = Array.from({ length: countOf(baked) }, (_, i) => data[i] ?? 0);
          return hostTensor(dtype, baked, filled);
        }),
        options,
      ),
  };
}

/** A run that is made while another is under way gets the other's results. */
function mixedUpResults(executable: ExecutableV1): Partial<ExecutableV1> {
  let underWay: Promise<RunOutputs> | undefined;
  return {
    run: (inputs, options) => {
      const result = executable.run(inputs, options);
      const earlier = underWay;
      underWay = result;
      const settle = (): void => {
        if (underWay === result) underWay = undefined;
      };
      result.then(settle, settle);
      return earlier ?? result;
    },
  };
}

function asBytes(tensor: DeviceTensorV1): DeviceTensorV1 {
  return {
    dtype: 'uint8',
    shape: tensor.shape,
    read: async () => {
      const { shape, data } = await tensor.read();
      return hostTensor('uint8', shape, data);
    },
    dispose: () => tensor.dispose(),
  };
}

/** Every other run differs in the last bit. */
function uncertainSums(backend: BackendV1): BackendV1 {
  const other = withSabotage(backend, {
    operators: {
      matmul: ({ right }) => mul(right(), 1 + 2 ** -23),
      reduceSum: ({ right }) => {
        const sum = right();
        return sum.dtype === 'float32' ? mul(sum, 1 + 2 ** -23) : sum;
      },
    },
  });
  return {
    ...other,
    compile: async (program, options) => {
      const pair = [await backend.compile(program, options), await other.compile(program, options)];
      let runs = 0;
      const [first] = pair;
      return {
        run: (inputs, choices) => (pair[runs++ % 2] as ExecutableV1).run(inputs, choices),
        placement: () => (first as ExecutableV1).placement(),
        dispose: () => {
          for (const executable of pair) executable.dispose();
        },
      };
    },
  };
}

/** Wrong behaviour around right numbers, by the name of the backend. */
export const wrongBehaviour: Readonly<Record<string, (backend: BackendV1) => BackendV1>> = {
  'swallowed-errors': (backend) =>
    withExecutables(backend, (executable) => ({
      run: (inputs, options) => executable.run(inputs, options).catch(() => ({})),
    })),
  'shared-output-buffer': (backend) => withExecutables(backend, sharedBuffers),
  'bodies-have-no-place': (backend) => ({
    ...backend,
    compile: async (program, options) => {
      const executable = await backend.compile(program, options);
      const own = program.nodes.map(({ path }) => path);
      return {
        run: (inputs, choices) => executable.run(inputs, choices),
        placement: async () =>
          (await executable.placement()).filter(({ path }) => own.includes(path)),
        dispose: () => executable.dispose(),
      };
    },
  }),
  'input-written-to': (backend) =>
    withExecutables(backend, (executable) => ({
      run: async (inputs, options) => {
        const outputs = await executable.run(inputs, options);
        for (const tensor of Object.values(inputs)) if (isHost(tensor)) tensor.data.fill(0);
        return outputs;
      },
    })),
  'alias-not-consumed': (backend) => ({
    ...backend,
    compile: (program) => backend.compile(program),
  }),
  'manifest-declares-too-much': (backend) => ({
    ...backend,
    compile: async (program, options) => {
      if (program.nodes.every(({ operator }) => operator !== 'erf')) {
        return backend.compile(program, options);
      }
      throw new UnsupportedOperatorError(
        'OPERATOR_UNSUPPORTED',
        'erf: there is no kernel, got one node.',
      );
    },
  }),
  'manifest-declares-too-little': (backend) => {
    const { erf: _, ...operators } = backend.manifest.operators;
    return { ...backend, manifest: { ...backend.manifest, operators } };
  },
  'manifest-forgotten-in-loops': (backend) => {
    const { tanh: _, ...operators } = backend.manifest.operators;
    return {
      ...backend,
      manifest: { ...backend.manifest, operators },
      compile: async (program, options) => {
        if (program.nodes.every(({ operator }) => operator !== 'tanh')) {
          return backend.compile(program, options);
        }
        throw new UnsupportedOperatorError(
          'OPERATOR_UNSUPPORTED',
          'tanh: it is not declared, got one node.',
        );
      },
    };
  },
  'signal-ignored': (backend) =>
    withExecutables(backend, (executable) => ({ run: (inputs) => executable.run(inputs) })),
  'baked-in-batch': (backend) => withExecutables(backend, bakedShapes),
  'own-random-bits': (backend) =>
    withExecutables(backend, (executable) => ({
      run: (inputs, options) =>
        executable.run(
          mapInputs(inputs, (tensor, name) =>
            name.startsWith('random/')
              ? ({ ...tensor, data: tensor.data.slice().reverse() } as HostTensor)
              : tensor,
          ),
          options,
        ),
    })),
  'dispose-does-nothing': (backend) =>
    withExecutables(backend, () => ({ dispose: () => undefined })),
  'backend-dispose-does-nothing': (backend) => ({ ...backend, dispose: async () => undefined }),
  'mixed-up-results': (backend) => withExecutables(backend, mixedUpResults),
  'uncertain-sums': uncertainSums,
  'bool-results-as-bytes': (backend) =>
    withExecutables(backend, (executable) => ({
      run: async (inputs, options) => {
        const outputs = await executable.run(inputs, options);
        return Object.fromEntries(
          Object.entries(outputs).map(([name, tensor]) => [
            name,
            tensor.dtype === 'bool' ? asBytes(tensor) : tensor,
          ]),
        );
      },
    })),
  'results-die-with-executable': (backend) =>
    withExecutables(backend, (executable) => {
      const made: DeviceTensorV1[] = [];
      return {
        run: async (inputs, options) => {
          const outputs = await executable.run(inputs, options);
          made.push(...Object.values(outputs));
          return outputs;
        },
        dispose: () => {
          for (const tensor of made) tensor.dispose();
          executable.dispose();
        },
      };
    }),
};
