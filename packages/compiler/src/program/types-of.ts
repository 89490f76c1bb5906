import type { ValueId, ValueType } from '@etalon/spec';

/** Types of some values of a verified program. */
export function typesOf(
  ids: readonly ValueId[],
  values: readonly ValueType[],
): readonly ValueType[] {
  return ids.flatMap((id) => {
    const type = values[id];
    return type === undefined ? [] : [type];
  });
}
