import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReferenceBackend } from '@etalon/reference';
import { BackendError } from '@etalon/spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sabotagedBackends } from '../sabotage/index.ts';
import { runCommand } from './command.ts';
import type { KnownBackend } from './registry.ts';

const wrong = sabotagedBackends.find(({ name }) => name === 'transposed-matmul-operand');
const backends: readonly KnownBackend[] = [
  { name: 'reference', create: createReferenceBackend },
  { name: 'wrong', create: () => ({ ...(wrong ?? raise()).create(), name: 'wrong' }) },
  {
    name: 'absent',
    create: () =>
      Promise.reject(new BackendError('BACKEND_RUNTIME_MISSING', 'absent: no runtime.')),
  },
];

function raise(): never {
  throw new Error('there is no such sabotaged backend');
}

let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etalon-conformance-'));
  lines = [];
});

afterEach(() => rm(folder, { recursive: true }));

const run = (...args: readonly string[]): Promise<number> =>
  runCommand(args, { write: (line) => lines.push(line), folder, backends });

describe('runCommand', () => {
  it('prints counts per backend and exits with 0 when nothing failed', async () => {
    expect(await run('--backend', 'reference', '--filter', 'matmul/square')).toBe(0);
    expect(lines).toEqual([
      'reference: 2 passed, 0 declared unsupported, 0 failed (not all checks ran: certifies nothing)',
    ]);
  });

  it('widens the budgets of a backend and says why', async () => {
    const widen = { 'matmul/square': { factor: 2, because: 'it adds in another order' } };
    const backend: KnownBackend = { name: 'reference', create: createReferenceBackend, widen };
    const args = ['--backend', 'reference', '--filter', 'matmul/square'];
    const write = (line: string) => lines.push(line);
    expect(await runCommand(args, { write, folder, backends: [backend] })).toBe(0);
    expect(lines[0]).toBe('reference: budget of matmul/square widened: it adds in another order');
  });

  it('exits with 1 and shows what is wrong when a check failed', async () => {
    const args = ['--backend', 'reference', '--backend', 'wrong', '--filter', 'matmul/square'];
    expect(await run(...args, '--json', 'reports/conformance.json')).toBe(1);
    expect(lines.join('\n')).toContain('conformance › matmul/square (wrong)');
    expect(lines.at(-1)).toContain('wrong: 0 passed, 0 declared unsupported, 2 failed');
    const file = join(folder, 'reports', 'conformance.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      backends: [
        { name: 'reference', passed: 2, unsupported: 0, failed: 0, complete: false, failures: [] },
        {
          name: 'wrong',
          passed: 0,
          unsupported: 0,
          failed: 2,
          failures: [{ id: 'matmul/square' }, {}],
        },
      ],
    });
    expect(await readdir(join(folder, 'reports'))).toEqual(['conformance.json']);
  });

  it('leaves out what is not available with --all, and says so', async () => {
    expect(await run('--all', '--filter', 'add/same')).toBe(0);
    expect(lines[0]).toBe('absent: not available here: absent: no runtime.');
    expect(lines).toHaveLength(3);
  });

  it('exits with 1 when a backend that was named is not available', async () => {
    expect(await run('--backend', 'absent')).toBe(1);
    expect(lines).toEqual(['absent: no runtime.']);
  });

  describe('--module', () => {
    const reference = new URL('../../../reference/src/index.ts', import.meta.url).href;
    const write = (lines: readonly string[]) =>
      writeFile(
        join(folder, 'mine.mjs'),
        [`import * as other from '${reference}';`, ...lines].join('\n'),
      );
    const mine = ['--module', './mine.mjs', '--filter', 'matmul/square'];

    it('checks the backend that a module exports, relative to the folder', async () => {
      await write(['export const createMyBackend = other.createReferenceBackend;']);
      expect(await run(...mine)).toBe(0);
      expect(lines.at(-1)).toContain('reference: 2 passed, 0 declared unsupported, 0 failed');
    });

    it('takes one of several factories by name, and widens the budgets that the module says', async () => {
      await write([
        'export const createOneBackend = other.createReferenceBackend;',
        'export const createTwoBackend = other.createReferenceBackend;',
        "export const widen = { 'matmul/square': { factor: 2, because: 'sums in blocks' } };",
      ]);
      expect(await run(...mine)).toBe(2);
      expect(lines.join('\n')).toContain(
        'the module must export one function that creates the backend, got ["createOneBackend","createTwoBackend","widen"]',
      );
      expect(await run('--module', 'mine.mjs#createTwoBackend', '--filter', 'matmul/square')).toBe(
        0,
      );
      expect(lines).toContain('reference: budget of matmul/square widened: sums in blocks');
    });

    it.each([
      ['return 3;', 'the factory must return a backend, got number'],
      ["throw new TypeError('no device');", 'must return a backend, got TypeError: no device.'],
    ])('says what is wrong with a factory that does { %s }', async (body, message) => {
      await write([`export function createBackend() { ${body} }`]);
      expect(await run(...mine)).toBe(1);
      expect(lines.join('\n')).toContain(message);
    });
  });

  it('prints its usage', async () => {
    expect(await run('--help')).toBe(0);
    expect(lines[0]).toContain('Usage: etalon-conformance');
  });

  it.each([
    [['--backends', 'reference'], "Unknown option '--backends'"],
    [['--backend', 'onnx'], 'no backend of this name, got "onnx"'],
    [[], 'got no backend'],
    [['--all', '--backend', 'reference'], 'got --all and backends by name'],
    [['--all', '--module', 'mine.mjs'], 'got --all and backends by name'],
    [['--module', 'absent.mjs'], '--module absent.mjs: the module cannot be loaded, got'],
    [['--all', '--support', '--filter', 'add'], '--support needs every check'],
    [['--all', 'matmul'], "Unexpected argument 'matmul'"],
    [['--all', '--filter', 'no such check'], 'no check has an id with any of the texts'],
  ])('refuses %j with exit code 2', async (args, message) => {
    expect(await run(...args)).toBe(2);
    expect(lines.join('\n')).toContain(message);
  });
});
