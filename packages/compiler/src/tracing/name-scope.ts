import { currentBuilder } from './current-builder.ts';

/** Runs `body` with `part` on the path of every node it makes, so that messages name the place. */
export function nameScope<R>(part: string, body: () => R): R {
  return currentBuilder('nameScope').scope(part, body);
}
