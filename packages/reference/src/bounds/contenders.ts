/** Elements among which a maximum is searched. */
export interface Group {
  readonly values: Float64Array;
  readonly bounds: Float64Array;
  /** Offsets of the group's elements; the first `count` are valid. */
  readonly members: Int32Array;
  readonly count: number;
}

/**
 * Returns the offsets of the elements, other than the first maximum, that an engine may take for the first
 * maximum of the group: those whose upper end reaches the highest lower end. Elements that are exact and tie
 * with an exact maximum are no contenders, since the first one is specified to win.
 *
 * @param winner - offset of the group's first maximum; a NaN counts as the maximum.
 */
export function contendersOf({ values, bounds, members, count }: Group, winner: number): number[] {
  const winnerBound = bounds[winner] as number;
  const winnerIsNaN = Number.isNaN(values[winner]);
  let floor = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const at = members[i] as number;
    const lower = (values[at] as number) - (bounds[at] as number);
    if (lower > floor) floor = lower;
  }
  const contenders: number[] = [];
  for (let i = 0; i < count; i++) {
    const at = members[i] as number;
    const bound = bounds[at] as number;
    if (at === winner || (bound === 0 && (winnerBound === 0 || winnerIsNaN))) continue;
    const reaches = !winnerIsNaN && (values[at] as number) + bound >= floor;
    if (reaches || bound === Number.POSITIVE_INFINITY) contenders.push(at);
  }
  return contenders;
}
