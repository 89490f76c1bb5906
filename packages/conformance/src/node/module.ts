import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EtalonError } from '@etalon/spec';
import type { CreateBackend } from '../checks/check.ts';
import { ConformanceError } from '../checks/check.ts';
import type { Widening } from '../options.ts';
import type { KnownBackend } from './registry.ts';

/** Names that a factory goes by: `createBackend`, `createMyBackend`. */
const factoryName = /^create\w*Backend$/;

/**
 * Loads a backend from a module of the caller's: it exports one function named `createBackend` or `create…Backend`, or
 * the text names another after a `#`. It may export `widen` too.
 *
 * @param text - file of the module, with `#name` for one of several factories: `./dist/index.js#createGpuBackend`.
 * @param folder - folder that the file is relative to.
 * @throws {ConformanceError} (rejects) when the module cannot be loaded, or has not exactly one factory.
 */
export async function loadBackend(text: string, folder: string): Promise<KnownBackend> {
  const [file = '', wanted] = text.split('#', 2);
  const path = isAbsolute(file) ? file : resolve(folder, file);
  const exported = await importModule(text, path);
  const factories = Object.keys(exported).filter((name) =>
    wanted === undefined
      ? factoryName.test(name) && typeof exported[name] === 'function'
      : name === wanted,
  );
  const [name] = factories;
  const create = name === undefined ? undefined : exported[name];
  if (factories.length !== 1 || typeof create !== 'function') {
    throw new ConformanceError(
      'CONFORMANCE_MODULE',
      `conformance › --module ${text}: the module must export one function that creates the backend, got ${JSON.stringify(Object.keys(exported))}.\nExpected createBackend or create…Backend.\nFix: name it after the file, as in ${file}#createMyBackend.`,
    );
  }
  const { widen } = exported;
  return {
    name: text,
    create: guarded(text, create as CreateBackend),
    ...(typeof widen === 'object' && { widen: widen as Readonly<Record<string, Widening>> }),
  };
}

async function importModule(text: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    throw unloadable(text, cause);
  }
}

function unloadable(text: string, cause: unknown): ConformanceError {
  return new ConformanceError(
    'CONFORMANCE_MODULE',
    `conformance › --module ${text}: the module cannot be loaded, got ${reasonOf(cause)}.\nExpected the file of an ES module, relative to the working folder.`,
    { cause },
  );
}

// A factory that fails is the caller's: its message, and no stack of this package.
function guarded(text: string, create: CreateBackend): CreateBackend {
  return async (request) => {
    try {
      return await create(request);
    } catch (cause) {
      throw EtalonError.isInstance(cause) ? cause : factoryFailed(text, cause);
    }
  };
}

function factoryFailed(text: string, cause: unknown): ConformanceError {
  return new ConformanceError(
    'CONFORMANCE_BACKEND',
    `conformance › --module ${text}: the factory must return a backend, got ${reasonOf(cause)}.`,
    { cause },
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error
    ? `${cause.name}: ${cause.message.split('\n', 1)[0]}`
    : String(cause);
}
