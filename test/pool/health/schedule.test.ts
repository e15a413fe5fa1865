import { newHealth } from '../../../gateway/pool/health/health';
import { nextCheckMs } from '../../../gateway/pool/health/schedule';
import { afterCheck } from '../../../gateway/pool/health/verdict';

const options = {
  probe: 'graphql',
  intervalMs: 5000,
  timeoutMs: 1000,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
} as const;
const middle = 0.5;

describe('nextCheckMs', () => {
  it('waits the interval while the instance is well, give or take a tenth', () => {
    const well = afterCheck(newHealth('unknown', 0), { verdict: 'pass', reachable: true }, 0, options);
    expect(nextCheckMs(well, options, false, middle)).toBe(5000);
    expect(nextCheckMs(well, options, false, 0)).toBe(4500);
  });

  it('asks every half second while undecided', () => {
    expect(nextCheckMs(newHealth('unknown', 0), options, false, middle)).toBe(500);
    expect(
      nextCheckMs(
        afterCheck(newHealth('pass', 0), { verdict: 'fail', reachable: true }, 0, options),
        options,
        false,
        middle,
      ),
    ).toBe(500);
  });

  it('asks ever more rarely while the instance is down, at least every 30 s', () => {
    let health = newHealth('pass', 0);
    const delays: number[] = [];
    for (let n = 1; n <= 9; n += 1) {
      health = afterCheck(health, { verdict: 'fail', reachable: true }, 0, options);
      if (n >= 3) delays.push(nextCheckMs(health, options, false, middle));
    }
    expect(delays).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });
});
