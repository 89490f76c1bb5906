import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import ts from 'typescript';

/** A block of TypeScript in a page of the documentation. */
export interface Example {
  /** Page and line of the block's first line. */
  readonly place: string;
  /** What precedes the block in the module that is checked. */
  readonly prelude: string;
  readonly code: string;
}

/** Returns the pages whose examples are checked, relative to the root. */
export function documentedPages(root: string): readonly string[] {
  const guides = readdirSync(join(root, 'docs', 'guides')).map((name) => `docs/guides/${name}`);
  const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  return ['README.md', ...guides.sort(), ...readmes.sort()];
}

/**
 * Returns the `ts` blocks of a page. A comment right before a block tells what the reader knows already:
 * `<!-- prelude: … -->` holds declarations, `<!-- continues -->` puts the page's earlier blocks first.
 */
export function examplesOf(page: string, markdown: string): readonly Example[] {
  const examples: Example[] = [];
  const blocks = /(?:<!-- *(continues|prelude:)([\s\S]*?)-->\s*)?^```ts\n([\s\S]*?)^```$/gm;
  let earlier = '';
  for (const match of markdown.matchAll(blocks)) {
    const [whole, marker, declarations = '', code = ''] = match;
    const before = markdown.slice(0, match.index + whole.length - code.length - '```'.length);
    const prelude =
      marker === 'continues' ? earlier : marker === undefined ? '' : `${declarations}\n`;
    examples.push({ place: `${page}:${before.split('\n').length}`, prelude, code });
    earlier = `${prelude}${code}`;
  }
  return examples;
}

/** Type-checks examples as modules of their own and returns what the compiler says about each. */
export function checkExamples(
  root: string,
  examples: readonly Example[],
): ReadonlyMap<Example, readonly string[]> {
  // Beside the tests of this folder, whose package has the engine and Node's types.
  const folder = join(root, 'tools', 'examples');
  const modules = new Map(
    examples.map((example, index) => [join(folder, `${index}.ts`), example] as const),
  );
  const options = compilerOptions(root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const textOf = (file: string): string | undefined => {
    const example = modules.get(file);
    return example && `${example.prelude}${example.code}export {};\n`;
  };
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  host.readFile = (file) => textOf(file) ?? readFile(file);
  host.getSourceFile = (file, languageVersion) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, languageVersion);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return new Map(
    [...modules].map(([file, example]) => {
      const source = program.getSourceFile(file);
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return [example, found.map((diagnostic) => describe(root, example, diagnostic))];
    }),
  );
}

function compilerOptions(root: string): ts.CompilerOptions {
  const file = join(root, 'tsconfig.test.base.json');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    root,
    {},
    file,
  );
  // As after `npm install` of every package: this folder depends on none of them.
  return { ...options, paths: packagePaths(root) };
}

function packagePaths(root: string): Record<string, string[]> {
  const paths: Record<string, string[]> = {};
  for (const name of readdirSync(join(root, 'packages'))) {
    const manifest = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
    const { exports } = JSON.parse(manifest) as {
      exports: Record<string, string | Record<string, string>>;
    };
    for (const [entry, conditions] of Object.entries(exports)) {
      const source = typeof conditions === 'string' ? undefined : conditions['@etalon/source'];
      if (source) paths[join('@etalon', name, entry)] = [join(root, 'packages', name, source)];
    }
  }
  return paths;
}

function describe(
  root: string,
  { place, prelude }: Example,
  { file, start, messageText }: ts.Diagnostic,
): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (file === undefined || start === undefined) return `${place}: ${text}`;
  if (!file.fileName.startsWith(join(root, 'tools', 'examples'))) {
    return `${relative(root, file.fileName)}: ${text}`;
  }
  const inBlock = start - prelude.length;
  if (inBlock < 0) return `${place} (prelude): ${text}`;
  const [page, first] = place.split(':');
  const line = Number(first) + file.text.slice(prelude.length, start).split('\n').length - 1;
  return `${page}:${line}: ${text}`;
}
