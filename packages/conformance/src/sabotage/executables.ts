import type { BackendV1, ExecutableV1 } from '@etalon/spec';

/** Wraps the executables of a backend. */
export function withExecutables(
  backend: BackendV1,
  wrap: (executable: ExecutableV1) => Partial<ExecutableV1>,
): BackendV1 {
  return {
    ...backend,
    compile: async (program, options) => {
      const executable = await backend.compile(program, options);
      return {
        run: (inputs, choices) => executable.run(inputs, choices),
        placement: () => executable.placement(),
        dispose: () => executable.dispose(),
        ...wrap(executable),
      };
    },
  };
}
