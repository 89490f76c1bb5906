import type { OnnxRuntime, OnnxWebRuntime } from '../runtime.ts';

/**
 * Returns the runtime with what its sessions need: options of their own, since the engine adds to the object that it is
 * given, and a silent log for each run, where the level of the session does not hold.
 */
export function adaptRuntime(runtime: OnnxWebRuntime): OnnxRuntime {
  return {
    Tensor: runtime.Tensor,
    InferenceSession: {
      async create(model, options) {
        const session = await runtime.InferenceSession.create(model, { ...options });
        return {
          // Fatal only: every failure is also thrown, and the backend wraps it.
          run: (feeds, fetches) => session.run(feeds, fetches, { logSeverityLevel: 4 }),
          endProfiling: () => session.endProfiling(),
          release: () => session.release(),
        };
      },
    },
  };
}
