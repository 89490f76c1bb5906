/** Why the other end of a port can answer no more. */
export interface PortEnd {
  /** In words, to follow "got": `exit code 3`. */
  readonly what: string;
  /** What was thrown there, where something was. */
  readonly cause?: unknown;
}

/** What a port tells. */
export interface PortListener {
  /** A message came. */
  readonly receive: (message: unknown) => void;
  /** The other end is gone; called once at most. */
  readonly end: (reason: PortEnd) => void;
}

/**
 * One end of a channel to another thread: what Node's workers and message ports, and a browser's, have in common.
 *
 * Messages arrive in the order they were sent.
 */
export interface Port {
  /**
   * Sends a structured clone of a message; the buffers of `transfer` move to the other side instead.
   *
   * @throws {Error} of any class, when a part of the message cannot be cloned. Nothing was sent then.
   */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Begins to deliver. Called once. */
  listen(listener: PortListener): void;
  /** While held, the port keeps the process alive; a new port is not held. No effect where there is no process. */
  hold(): void;
  /** Ends `hold`. */
  release(): void;
  /** Ends the channel, and the thread behind it if there is one. Resolves when it has ended. */
  close(): Promise<void>;
}
