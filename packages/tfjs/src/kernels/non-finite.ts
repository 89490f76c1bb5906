import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';

/**
 * Tells whether a float32 tensor holds a NaN or an infinity: kernels that pass over NaN are left to their speed where there
 * is none.
 */
export function hasNonFinite(scope: Scope, x: TfjsTensor): boolean {
  const data = scope.view(x);
  for (let i = 0; i < data.length; i += 1) {
    const element = data[i] as number;
    // 0 for every finite number.
    if (element - element !== 0) return true;
  }
  return false;
}
