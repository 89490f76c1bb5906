import { operatorNames } from '@etalon/compiler';
import type { BackendManifestV1, DType } from '@etalon/spec';

type Fields = Readonly<Record<string, unknown>>;

const choices: Readonly<
  Record<Exclude<keyof BackendManifestV1, 'operators' | 'threads'>, readonly unknown[]>
> = {
  precision: ['exact', 'cpu', 'gpu'],
  subnormals: ['kept', 'flushed'],
  imageLayout: ['nhwc', 'nchw'],
  loopPolicy: ['inside', 'stepwise'],
  deviceInputs: ['resident', 'copied'],
  deterministic: [true, false],
};

const known: { readonly [D in DType]: true } = {
  float32: true,
  int32: true,
  bool: true,
  uint8: true,
};
const dtypes = Object.keys(known);

/**
 * Tells what about a manifest's form is not as the contract has it, for data that no type checker has seen;
 * `undefined` where nothing is.
 */
export function manifestComplaint(manifest: unknown): string | undefined {
  if (!isRecord(manifest)) return `manifest must be an object, got ${text(manifest)}.`;
  for (const [field, allowed] of Object.entries(choices)) {
    if (!allowed.includes(manifest[field])) {
      return `manifest.${field} is not one of the contract's values, got ${text(manifest[field])}.\nExpected one of ${text(allowed)}.`;
    }
  }
  const { threads, operators } = manifest;
  if (!isListOf(threads, (count) => Number.isInteger(count) && Number(count) >= 1)) {
    return `manifest.threads must list thread counts, got ${text(threads)}.\nExpected integers of 1 or more: [1] where the number is fixed.`;
  }
  if (!isRecord(operators)) {
    return `manifest.operators must be an object by operator name, got ${text(operators)}.`;
  }
  for (const [operator, support] of Object.entries(operators)) {
    const complaint = supportComplaint(operator, support);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function supportComplaint(operator: string, support: unknown): string | undefined {
  const where = `manifest.operators.${operator}`;
  if (!(operatorNames as readonly string[]).includes(operator)) {
    return `manifest.operators names an operator that specification v1 has not, got ${text(operator)}.`;
  }
  if (!isRecord(support)) return `${where} must be an object, got ${text(support)}.`;
  const { maximumRank, nonFinite, limits = [] } = support;
  if (!isListOf(support.dtypes, (dtype) => dtypes.includes(dtype as string))) {
    return `${where}.dtypes must list element types, got ${text(support.dtypes)}.\nExpected some of ${text(dtypes)}.\nFix: leave an operator out that is not supported.`;
  }
  if (!Number.isInteger(maximumRank) || Number(maximumRank) < 0) {
    return `${where}.maximumRank must be an integer of 0 or more, got ${text(maximumRank)}.`;
  }
  if (typeof nonFinite !== 'boolean') {
    return `${where}.nonFinite must be true or false, got ${text(nonFinite)}.`;
  }
  const isLimit = (limit: unknown): boolean =>
    isRecord(limit) &&
    typeof limit.attribute === 'string' &&
    isListOf(limit.oneOf, (value) => value !== undefined);
  if (Array.isArray(limits) && limits.every(isLimit)) return undefined;
  return `${where}.limits must list limits on attributes, got ${text(limits)}.\nExpected for each an attribute and the values that are supported, as oneOf.`;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, test: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(test);
}

// A number that is none has no JSON.
function text(value: unknown): string {
  const json = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return (json ?? typeof value).slice(0, 120);
}
