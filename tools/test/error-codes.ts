import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

/** A place where an error is made. */
export interface ErrorUse {
  readonly className: string;
  /** The codes that it may carry; none where the code cannot be told from the file. */
  readonly codes: readonly string[];
  /** File and line. */
  readonly place: string;
}

/** Parses the sources of packages, without their tests. */
export function parseSources(packages: string): readonly ts.SourceFile[] {
  return readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !/\.(test|test-d)\.ts$/.test(file))
    .sort()
    .map((file) => parseSource(file, readFileSync(join(packages, file), 'utf8')));
}

/** Parses one source. */
export function parseSource(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** Returns the names of the error classes: those with the brand of Etalon's errors, and what extends them. */
export function errorClasses(files: readonly ts.SourceFile[]): ReadonlySet<string> {
  const declarations = files.flatMap((file) =>
    nodesOf(file).filter((node) => ts.isClassDeclaration(node)),
  );
  const found = new Set<string>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { name, members, heritageClauses = [] } of declarations) {
      const parents = heritageClauses.flatMap(({ types }) =>
        types.map(({ expression }) => expression.getText()),
      );
      const branded = members.some(
        (member) => member.name?.getText().includes('~etalon.error') === true,
      );
      if (name && (branded || parents.some((parent) => found.has(parent)))) found.add(name.text);
    }
  }
  return found;
}

/** Returns every `new XError(code, …)` of a file. */
export function errorUses(file: ts.SourceFile, classes: ReadonlySet<string>): readonly ErrorUse[] {
  return nodesOf(file)
    .filter((node) => ts.isNewExpression(node))
    .filter(({ expression }) => classes.has(expression.getText()))
    .map((node) => ({
      className: node.expression.getText(),
      codes: codesOf(node.arguments?.[0]),
      place: `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
    }));
}

function codesOf(code: ts.Node | undefined): readonly string[] {
  if (code === undefined) return [];
  if (ts.isStringLiteral(code)) return [code.text];
  if (ts.isConditionalExpression(code)) {
    return [...codesOf(code.whenTrue), ...codesOf(code.whenFalse)];
  }
  return ts.isIdentifier(code) ? literalsOf(parameterType(code)) : [];
}

// The type of the parameter that a helper function passes on.
function parameterType({ text, parent }: ts.Identifier): ts.TypeNode | undefined {
  for (let scope: ts.Node = parent; !ts.isSourceFile(scope); scope = scope.parent) {
    if (!ts.isFunctionLike(scope)) continue;
    const parameter = scope.parameters.find(({ name }) => name.getText() === text);
    if (parameter) return parameter.type;
  }
  return undefined;
}

function literalsOf(type: ts.TypeNode | undefined): readonly string[] {
  if (type === undefined) return [];
  const parts = ts.isUnionTypeNode(type) ? type.types : [type];
  const literals = parts.map((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? part.literal.text : undefined,
  );
  return literals.every((literal) => literal !== undefined) ? literals : [];
}

function nodesOf(root: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}
