#!/usr/bin/env node
import { existsSync } from 'node:fs';

const command = new URL('../dist/node/index.js', import.meta.url);

if (existsSync(command)) {
  const { runCommand } = await import(command.href);
  process.exitCode = await runCommand(process.argv.slice(2), {
    write: (line) => process.stdout.write(`${line}\n`),
    folder: process.cwd(),
  });
} else {
  // Only in a clone: the published package carries its build.
  process.stderr.write('conformance: the package is not built, got no dist.\nFix: pnpm build\n');
  process.exitCode = 1;
}
