import { ProgramError } from '@etalon/spec';
import type { ProgramBuilder } from './tensor.ts';

// Tracing is synchronous, so a stack is enough: it holds the traces that are open, innermost last.
const stack: ProgramBuilder[] = [];

/** Runs `body` with `builder` as the trace that operand-less functions add to. */
export function withBuilder<R>(builder: ProgramBuilder, body: () => R): R {
  stack.push(builder);
  try {
    return body();
  } finally {
    stack.pop();
  }
}

/**
 * Returns the innermost open trace.
 *
 * @throws {ProgramError} when no trace is open.
 */
export function currentBuilder(where: string): ProgramBuilder {
  const builder = stack.at(-1);
  if (builder !== undefined) return builder;
  throw new ProgramError(
    'TRACE_NONE_OPEN',
    `${where}: no program is being traced.\nFix: call it inside defineModel's build, defineProgram or traceProgram.`,
  );
}
