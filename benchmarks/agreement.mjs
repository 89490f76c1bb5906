/**
 * Stops a suite whose two sides do not compute the same: a ratio against a wrong graph says nothing.
 *
 * @param tolerance - largest relative difference of a loss. Sides add in different orders, and training magnifies
 *   what that gives; a wrong gradient shows in the first digits.
 */
export function requireEqualLosses(name, ours, peer, tolerance = 1e-5) {
  for (const [step, loss] of ours.entries()) {
    const difference = Math.abs(loss - peer[step]) / Math.abs(peer[step]);
    if (ours.length === peer.length && difference <= tolerance) continue;
    throw new Error(
      `${name}: both sides must train alike, got losses ${loss} and ${peer[step]} at step ${step}.\nExpected equality to ${tolerance}.`,
    );
  }
}
