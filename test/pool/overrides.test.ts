import { afterOverride, NO_OVERRIDES, nextEndMs, stillInForce, viewOverrides } from '../../gateway/pool/overrides';

const BY = { reason: 'deploy', actor: 'ann' };
const drained = afterOverride(NO_OVERRIDES, { action: 'drain', ttlMs: 100, ...BY }, 1_000);

describe('an operator’s overrides', () => {
  it('holds until its time is over', () => {
    expect(nextEndMs(drained)).toBe(1_100);
    expect(stillInForce(drained, 1_099)).toBe(drained);
    expect(stillInForce(drained, 1_100)).toEqual(NO_OVERRIDES);
  });

  it('keeps a weight beside a state, and each its own time', () => {
    const both = afterOverride(drained, { action: 'weight', weight: 7, ttlMs: null, ...BY }, 1_000);
    expect(stillInForce(both, 5_000)).toMatchObject({ state: null, weight: { weight: 7 } });
    expect(viewOverrides(both, 10_000)).toEqual([
      { action: 'drain', weight: null, until: 11_100, ...BY },
      { action: 'weight', weight: 7, until: null, ...BY },
    ]);
  });

  it('takes the newest state, and nothing after a resume', () => {
    const ejected = afterOverride(drained, { action: 'eject', ttlMs: null, ...BY }, 1_000);
    expect(ejected.state?.action).toBe('eject');
    expect(afterOverride(ejected, { action: 'resume', ttlMs: null, ...BY }, 1_000)).toBe(NO_OVERRIDES);
  });
});
