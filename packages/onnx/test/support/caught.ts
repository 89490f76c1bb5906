import { EtalonError, SerializationError } from '@etalon/spec';

/** Returns the serialization error that a call throws; anything else is thrown on. */
export function caught(call: () => unknown): SerializationError {
  try {
    call();
  } catch (error) {
    if (EtalonError.isInstance(error) && error instanceof SerializationError) {
      return error;
    }
    throw error;
  }
  throw new Error('The call was expected to throw a SerializationError.');
}
