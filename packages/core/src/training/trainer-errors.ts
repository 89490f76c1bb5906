import { AttributeError, DisposedError } from '@etalon/spec';

/** Returns the error of a call after `dispose`. */
export function disposedTrainer(where: string, called: string): DisposedError {
  return new DisposedError(
    'TRAINER_DISPOSED',
    `${where}: ${called}() was called, or still ran, after dispose().`,
  );
}

/** Returns the error for several steps in a call where batches cannot be gathered. */
export function cannotLoop(where: string, stepsPerCall: number | 'auto'): AttributeError {
  return new AttributeError(
    'OPTION_STEPS_PER_CALL',
    `${where}: several steps in a call need inputs and targets that all begin with the axis of examples, got stepsPerCall ${stepsPerCall}.\nFix: leave stepsPerCall out, or give every input and target the same first axis.`,
  );
}
