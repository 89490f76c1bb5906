import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, absolute. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const parents = ['packages', 'apps', 'examples', 'integrations'];
const single = ['benchmarks', 'integrations', 'tools'];

/**
 * Returns the folders of the workspace that hold a file of this name, relative to the root.
 *
 * @param {string} file
 * @returns {string[]}
 */
export function foldersWith(file) {
  const nested = parents.flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
      : [],
  );
  return [...nested, ...single].filter((folder) => existsSync(join(root, folder, file))).sort();
}
