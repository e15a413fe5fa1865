import { type Health, newHealth, type Outcome } from '../../../gateway/pool/health/health';
import { OutcomeWindow } from '../../../gateway/pool/health/outcome-window';
import { afterCheck, afterOutcome, type Circumstances } from '../../../gateway/pool/health/verdict';
import { NO_OVERRIDES } from '../../../gateway/pool/overrides';
import { stateOf } from '../../../gateway/pool/state';

const options = { consecutiveErrors: 5, errorRate: 0.5, baseEjectionTimeMs: 10_000, maxEjectionShare: 0.5 };
const checks = {
  probe: 'graphql',
  intervalMs: 5000,
  timeoutMs: 1000,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
} as const;

let window = new OutcomeWindow();
beforeEach(() => {
  window = new OutcomeWindow();
});

function circumstances(nowMs: number, changes: Partial<Circumstances> = {}): Circumstances {
  return { nowMs, startedMs: nowMs, window, options, spare: { hard: true, soft: true }, chance: 0, ...changes };
}

function after(health: Health, outcomes: readonly Outcome[], nowMs: number): Health {
  return outcomes.reduce((one, outcome) => {
    if (outcome !== 'cancelled' && outcome !== 'overload') window.count(!['ok', 'app-error'].includes(outcome), nowMs);
    return afterOutcome(one, outcome, circumstances(nowMs));
  }, health);
}

const stateAt = (health: Health, nowMs: number) =>
  stateOf({ presence: 'present', overrides: NO_OVERRIDES, health, slowSinceMs: null }, nowMs).state;
const well = newHealth('pass', 0);

describe('afterOutcome', () => {
  it('ejects after two failed connections in a row', () => {
    expect(stateAt(after(well, ['connect'], 0), 0)).toBe('healthy');
    expect(stateAt(after(well, ['connect', 'connect'], 0), 0)).toBe('ejected');
  });

  it('ejects after five failures in a row', () => {
    const four: Outcome[] = ['5xx', 'timeout', 'reset', 'protocol'];
    expect(stateAt(after(well, four, 0), 0)).toBe('healthy');
    expect(stateAt(after(well, [...four, '5xx'], 0), 0)).toBe('ejected');
  });

  it('starts counting again after a success', () => {
    const mixed: Outcome[] = ['5xx', '5xx', '5xx', '5xx', 'ok', '5xx', '5xx', '5xx', '5xx'];
    expect(stateAt(after(well, mixed, 0), 0)).toBe('healthy');
  });

  it('ejects when half of twenty requests fail within ten seconds', () => {
    const half = Array.from({ length: 10 }, (): Outcome[] => ['ok', '5xx']).flat();
    const before = after(well, half.slice(0, 19), 0);
    expect(stateAt(before, 0)).toBe('healthy');
    expect(stateAt(after(before, half.slice(19), 0), 0)).toBe('ejected');
  });

  it.each<Outcome>(['cancelled', 'overload', 'app-error'])('never ejects for %s', (outcome) => {
    expect(stateAt(after(well, Array<Outcome>(30).fill(outcome), 0), 0)).toBe('healthy');
  });

  it('ejects nobody when the pool cannot spare the instance', () => {
    const spare = { hard: false, soft: false };
    let health = well;
    for (let n = 0; n < 30; n += 1) health = afterOutcome(health, 'connect', circumstances(0, { spare }));
    expect(stateAt(health, 0)).toBe('healthy');
  });

  it('puts the instance on probation when the ejection is over, and believes one success', () => {
    const ejected = after(well, ['connect', 'connect'], 0);
    expect(stateAt(ejected, 9_999)).toBe('ejected');
    expect(stateAt(ejected, 10_000)).toBe('probation');
    expect(stateAt(after(ejected, ['ok'], 10_000), 10_000)).toBe('healthy');
  });

  it('doubles the ejection each time, up to five minutes', () => {
    let health = after(well, ['connect', 'connect'], 0);
    const lengths: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const { sinceMs, untilMs } = health.ejection ?? { sinceMs: 0, untilMs: 0 };
      lengths.push(untilMs - sinceMs);
      health = after(health, ['connect'], untilMs);
    }
    expect(lengths).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('shortens the ejection by chance, never lengthens it', () => {
    const one = after(well, ['connect'], 0);
    const health = afterOutcome(one, 'connect', circumstances(0, { chance: 0.5 }));
    expect(health.ejection?.untilMs).toBe(9_500);
  });

  it('forgets ejections while the instance stays well', () => {
    const back = after(after(well, ['connect', 'connect'], 0), ['ok'], 10_000);
    expect(after(back, ['connect', 'connect'], 15_000).ejections).toBe(2);
    expect(after(back, ['connect', 'connect'], 20_000).ejections).toBe(1);
  });

  it('ignores the answer to a request that is older than the ejection', () => {
    const ejected = after(well, ['connect', 'connect'], 100);
    const health = afterOutcome(ejected, 'ok', circumstances(200, { startedMs: 50 }));
    expect(health).toBe(ejected);
  });

  it('believes an ejected instance that answers a request made for want of a better one', () => {
    const ejected = after(well, ['connect', 'connect'], 100);
    expect(stateAt(afterOutcome(ejected, 'ok', circumstances(200)), 200)).toBe('healthy');
  });

  it('detects nothing without options', () => {
    let health = well;
    for (let n = 0; n < 30; n += 1) health = afterOutcome(health, 'connect', circumstances(0, { options: null }));
    expect(stateAt(health, 0)).toBe('healthy');
  });
});

describe('afterCheck', () => {
  const checked = (health: Health, results: readonly boolean[]) =>
    results.reduce(
      (one, passed) => afterCheck(one, { verdict: passed ? 'pass' : 'fail', reachable: true }, 0, checks),
      health,
    );

  it('lets a joining instance in with the first check that passes', () => {
    const joining = newHealth('unknown', 0);
    expect(stateAt(joining, 0)).toBe('joining');
    expect(stateAt(checked(joining, [true]), 0)).toBe('healthy');
  });

  it('takes three failures in a row to call an instance down', () => {
    expect(stateAt(checked(well, [false, false, true, false, false]), 0)).toBe('healthy');
    expect(stateAt(checked(well, [false, false, false]), 0)).toBe('ejected');
  });

  it('takes two passes in a row to call it up again', () => {
    const down = checked(well, [false, false, false]);
    expect(stateAt(checked(down, [true, false, true]), 0)).toBe('ejected');
    expect(stateAt(checked(down, [true, true]), 0)).toBe('healthy');
  });

  it('lifts an ejection for failed connections', () => {
    expect(stateAt(checked(after(well, ['connect', 'connect'], 0), [true]), 0)).toBe('healthy');
  });

  it('does not lift an ejection for 5xx answers: the health page may be green all the same', () => {
    const ejected = after(well, ['5xx', '5xx', '5xx', '5xx', '5xx'], 0);
    expect(stateAt(checked(ejected, [true, true, true]), 0)).toBe('ejected');
  });
});
