import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1 } from '@etalon/spec';
import type { AdaptiveBackend } from '../src/adaptive/adaptive-backend.ts';
import { createAdaptiveBackend } from '../src/adaptive/adaptive-backend.ts';
import type { RemoteBackend } from '../src/remote-backend.ts';
import { connect } from './channel.ts';

/** An adaptive backend under a clock that the test sets. */
export interface Setting {
  readonly backend: AdaptiveBackend;
  /** How long each run takes from now on, in milliseconds. */
  setPace(milliseconds: number): void;
  /** How many workers were asked for. */
  readonly starts: () => number;
}

/** The reference on both sides, unless a test says otherwise. */
export function adaptive({
  inline = createReferenceBackend(),
  startWorker = () => connect(),
}: {
  readonly inline?: BackendV1;
  readonly startWorker?: () => Promise<RemoteBackend>;
} = {}): Setting {
  let time = 0;
  let pace = 0;
  let starts = 0;
  const backend = createAdaptiveBackend({
    inline,
    startWorker: () => {
      starts += 1;
      return startWorker();
    },
    // Read at the beginning and at the end of each timed run.
    now: () => {
      time += pace;
      return time;
    },
  });
  return {
    backend,
    setPace: (milliseconds) => {
      pace = milliseconds;
    },
    starts: () => starts,
  };
}
