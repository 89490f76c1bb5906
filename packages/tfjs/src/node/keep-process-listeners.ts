type Listener = (...values: never[]) => unknown;

const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs an action and takes away the process's listeners for uncaught errors that it left behind.
 *
 * Emscripten's start-up code, which the WebAssembly engine has in it, adds one for each event: from then on an unhandled rejection
 * anywhere in the process would end in an abort of the engine.
 */
export async function keepProcessListeners<T>(action: () => Promise<T>): Promise<T> {
  const before = new Set<Listener>(events.flatMap((event) => listenersOf(event)));
  try {
    return await action();
  } finally {
    for (const event of events) {
      for (const listener of listenersOf(event)) {
        if (!before.has(listener) && isEmscripten(listener)) {
          process.removeListener(event, listener as () => void);
        }
      }
    }
  }
}

function listenersOf(event: (typeof events)[number]): readonly Listener[] {
  return process.listeners(event as 'uncaughtException') as readonly Listener[];
}

// Of two functions without a name, in version 4.22: "if (!(ex instanceof ExitStatus)) throw ex" and "throw reason". A listener that other code
// adds meanwhile is not touched.
function isEmscripten(listener: Listener): boolean {
  return /instanceof ExitStatus|^function ?\(reason\) ?\{\s*throw reason;?\s*\}$/.test(
    String(listener),
  );
}
