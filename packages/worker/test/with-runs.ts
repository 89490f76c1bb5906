import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1, ExecutableV1 } from '@etalon/spec';

/** The reference, with executables whose runs go through `run`. */
export function withRuns(
  run: (
    inner: ExecutableV1,
    ...args: Parameters<ExecutableV1['run']>
  ) => ReturnType<ExecutableV1['run']>,
) {
  return (): BackendV1 => {
    const inner = createReferenceBackend();
    return {
      ...inner,
      specificationVersion: 'v1',
      name: inner.name,
      manifest: inner.manifest,
      upload: (tensor) => inner.upload(tensor),
      dispose: () => inner.dispose(),
      compile: async (program, options) => {
        const executable = await inner.compile(program, options);
        return {
          run: (...args) => run(executable, ...args),
          placement: () => executable.placement(),
          dispose: () => executable.dispose(),
        };
      },
    };
  };
}
