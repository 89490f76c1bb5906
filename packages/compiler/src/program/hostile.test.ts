import type { ProgramV1 } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { manifestWithout } from '../../test/manifests.ts';
import { loopProgram } from '../../test/sample-programs.ts';
import { hoistRandomness } from '../passes/hoist-randomness.ts';
import { indexGuards } from '../passes/index-guards.ts';
import { runPasses } from '../passes/pipeline.ts';
import { checkSizes, specializeEmpty } from '../passes/zero-guard.ts';
import { hashProgram } from './hash.ts';
import { programFromJson, programToJson } from './json.ts';
import { printProgram } from './print.ts';

const target = { name: 'any', manifest: manifestWithout() };
const sizes = { time: 2, batch: 3, rows: 4 };
const junk: readonly unknown[] = [null, true, -1, 7, 0.5, 'x', 'time', [], [0], {}, { terms: [] }];

type Path = readonly (string | number)[];

/** Places of all parts, those of bodies included. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}

/** The text with one part replaced, or taken away where there is no replacement. */
function withPart(text: string, path: Path, replacement: readonly unknown[]): string {
  const program = JSON.parse(text);
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce((object, key) => object[key], program);
  if (replacement.length > 0) holder[last] = replacement[0];
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return JSON.stringify(program);
}

/** Everything that happens to a program from its text to the engine. */
function use(text: string): void {
  const program = programFromJson(text);
  hashProgram(program);
  printProgram(program);
  const { program: hoisted } = hoistRandomness(program);
  indexGuards(hoisted);
  const prepared: ProgramV1 = runPasses(hoisted, target);
  for (const change of [{}, { time: 0 }, { batch: 0 }, { time: 0, rows: 0 }]) {
    const bindings = { ...sizes, ...change };
    checkSizes(prepared, bindings);
    specializeEmpty(prepared, bindings);
  }
}

describe('a program whose text was tampered with', () => {
  const text = programToJson(loopProgram());
  const places = placesIn(JSON.parse(text));

  it('is used as it is when it was not', () => {
    expect(places.length).toBeGreaterThan(300);
    use(text);
  });

  it.each([...junk.map((part) => [part]), []])(
    'is refused with an error of Etalon, or used, with %j in any place',
    (...replacement) => {
      const faults = places.flatMap((path) => {
        try {
          use(withPart(text, path, replacement));
        } catch (error) {
          const refused = EtalonError.isInstance(error) && error.name !== 'InternalError';
          return refused ? [] : [`${path.join('.')}: ${String(error)}`];
        }
        return [];
      });
      expect(faults).toEqual([]);
    },
  );
});
