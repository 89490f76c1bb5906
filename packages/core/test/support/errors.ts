import { EtalonError } from '@etalon/spec';

/** Returns the error of this project that a call throws; anything else is thrown on. */
export function caught(call: () => unknown): EtalonError {
  try {
    call();
  } catch (error) {
    if (error instanceof EtalonError) return error;
    throw error;
  }
  throw new Error('The call was expected to throw.');
}

/** Returns the error of this project that a promise rejects with; anything else is thrown on. */
export async function rejected(promise: Promise<unknown>): Promise<EtalonError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof EtalonError) return error;
    throw error;
  }
  throw new Error('The promise was expected to reject.');
}
