import { describe, expect, it } from 'vitest';
import { declineTelemetry } from './decline-telemetry.ts';

describe('declineTelemetry', () => {
  it('sets the variable unless the user has decided', () => {
    const silent: Record<string, string | undefined> = {};
    const decided: Record<string, string | undefined> = { ORT_DISABLE_TELEMETRY: '0' };
    declineTelemetry(silent);
    declineTelemetry(decided);
    expect(silent).toEqual({ ORT_DISABLE_TELEMETRY: '1' });
    expect(decided).toEqual({ ORT_DISABLE_TELEMETRY: '0' });
  });
});
