import { currentBuilder } from './current-builder.ts';

/**
 * Runs `body`, whose random draws are those of the iteration `offset` after the run's own: a program that holds
 * several training steps draws what single steps would.
 */
export function atIteration<R>(offset: number, body: () => R): R {
  return currentBuilder('atIteration').atIteration(offset, body);
}

/** Runs `body` with `part` on the path of every node it makes, so that messages name the place. */
export function nameScope<R>(part: string, body: () => R): R {
  return currentBuilder('nameScope').scope(part, body);
}
