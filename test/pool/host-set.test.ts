import { buildHostSet, type HostSetOptions } from '../../gateway/pool/host-set';
import type { Member } from '../../gateway/pool/member';
import { hasAlternative, pick } from '../../gateway/pool/pick';
import type { Standing } from '../../gateway/pool/state';
import { letter, member, turnOf } from '../fixtures/members';
import { seededRandom } from '../fixtures/seeded-random';

const OPTIONS: HostSetOptions = { policy: 'round-robin', panicThreshold: null, locality: 'prefer-zone', zone: null };

interface Given {
  readonly standing?: Standing;
  readonly tier?: 'primary' | 'backup';
  readonly zone?: string;
  readonly weight?: number;
}

function made(given: readonly Given[]): Member[] {
  return given.map(({ standing = 'well', tier = 'primary', zone = null, weight = 1 }, at) =>
    member(at, { tier, zone, weight }, { standing }),
  );
}

function hostsOf(given: readonly Given[], options: Partial<HostSetOptions> = {}) {
  const all = made(given);
  return { all, hosts: buildHostSet(all, { ...OPTIONS, ...options }, null, seededRandom()) };
}

/** Share of 1,000 picks that each member gets, in percent. */
function percents(given: readonly Given[], options: Partial<HostSetOptions> = {}): number[] {
  const { all, hosts } = hostsOf(given, options);
  const random = seededRandom();
  const picked = Array.from({ length: 1_000 }, () => pick(hosts, turnOf(random), true)?.member ?? null);
  return all.map((one) => Math.round(picked.filter((other) => other === one).length / 10));
}

const tier = (name: 'primary' | 'backup', well: number, unwell: number): Given[] => [
  ...Array.from({ length: well }, (): Given => ({ tier: name })),
  ...Array.from({ length: unwell }, (): Given => ({ tier: name, standing: 'doubtful' })),
];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('tiers', () => {
  it.each([
    [100, 100],
    [72, 100],
    [71, 99],
    [50, 70],
    [25, 35],
    [0, 0],
  ])('LB-28: with %d of 100 primaries well they get %d %%', (well, share) => {
    const { all, hosts } = hostsOf([...tier('primary', well, 100 - well), ...tier('backup', 100, 0)]);
    const random = seededRandom();
    const picked = Array.from({ length: 1_000 }, () => pick(hosts, turnOf(random), true)?.member);
    const primaries = picked.filter((one) => one !== undefined && all.indexOf(one) < 100).length;
    expect(Math.abs(primaries / 10 - share)).toBeLessThanOrEqual(1);
    expect(hosts.panic).toBe(false);
  });

  it('leaves backups alone while primaries are well', () => {
    expect(percents([...tier('primary', 2, 0), ...tier('backup', 1, 0)])).toEqual([50, 50, 0]);
  });
});

describe('degraded', () => {
  it('gets only what the well cannot take', () => {
    expect(percents([{}, {}, {}, { standing: 'degraded' }])).toEqual([33, 33, 33, 0]);
    expect(percents([{}, { standing: 'degraded' }])).toEqual([70, 30]);
  });

  it('serves when nobody is well', () => {
    expect(percents([{ standing: 'degraded' }, { standing: 'doubtful' }])).toEqual([100, 0]);
  });
});

describe('zones', () => {
  const zones = (...names: readonly string[]) => names.map((zone): Given => ({ zone }));

  it('LB-29: keep at least 97 % near', () => {
    const [a = 0, b = 0, c = 0] = percents(zones('x/1/a', 'x/1/a', 'x/2/b'), { zone: 'x/1/a' });
    expect(a + b).toBeGreaterThanOrEqual(97);
    expect(c).toBe(3);
  });

  it('prefer the same region to another one', () => {
    const shares = percents([{ zone: 'x/1/a', standing: 'doubtful' }, ...zones('x/1/b', 'x/2/b')], { zone: 'x/1/a' });
    expect(shares[1]).toBeGreaterThanOrEqual(97);
  });

  it('spill what those near cannot take', () => {
    const given = [{ zone: 'a' }, { zone: 'a', standing: 'doubtful' as const }, { zone: 'b' }, { zone: 'b' }];
    const [near = 0, , ...far] = percents(given, { zone: 'a' });
    expect([near, sum(far)]).toEqual([70, 30]);
  });

  it('are left for a far one that is quick when the near one is loaded and slow', () => {
    const { all, hosts } = hostsOf(zones('a', 'b'), { zone: 'a' });
    const [near, far] = all;
    near?.latency.observe(100, 0, 5);
    far?.latency.observe(5, 0, 5);
    for (let n = 0; n < 4; n += 1) near?.started(0);
    const random = seededRandom();
    const picked = Array.from({ length: 20 }, () => letter(pick(hosts, turnOf(random), true)?.member ?? null));
    expect(new Set(picked)).toEqual(new Set(['b']));
  });

  it('do not count when the gateway does not know its own, or is told not to', () => {
    expect(percents(zones('a', 'b'))).toEqual([50, 50]);
    expect(percents(zones('a', 'b'), { zone: 'a', locality: 'none' })).toEqual([50, 50]);
  });
});

describe('panic', () => {
  it('uses everybody who can be reached once too few are well', () => {
    const few: Given[] = [{}, { standing: 'doubtful' }, { standing: 'doubtful' }, { standing: 'unreachable' }];
    expect(hostsOf(few).hosts.panic).toBe(true);
    expect(percents(few)).toEqual([33, 33, 33, 0]);
  });

  it('does not break out while a third is well', () => {
    expect(percents([{}, { standing: 'doubtful' }, { standing: 'doubtful' }])).toEqual([100, 0, 0]);
  });

  it('uses those who could not be reached when there is nobody else', () => {
    expect(percents([{ standing: 'unreachable' }, { standing: 'unreachable' }])).toEqual([50, 50]);
  });

  it('does not break out while backups can take everything', () => {
    const given: Given[] = [{ standing: 'doubtful' }, { tier: 'backup' }];
    expect([hostsOf(given).hosts.panic, percents(given)]).toEqual([false, [0, 100]]);
  });

  it('is not what a pool starts with: those who join are used, and nobody is alarmed', () => {
    const given: Given[] = [{ standing: 'joining' }, { standing: 'joining' }];
    expect([hostsOf(given).hosts.panic, percents(given)]).toEqual([false, [50, 50]]);
  });
});

describe('probation', () => {
  const given: Given[] = [{}, { standing: 'probation' }];

  it('gets one query at a time', () => {
    const { all, hosts } = hostsOf(given);
    const turn = turnOf(seededRandom());
    expect(letter(pick(hosts, turn, true)?.member ?? null)).toBe('b');
    all[1]?.started(0);
    expect(letter(pick(hosts, turn, true)?.member ?? null)).toBe('a');
  });

  it('gets no mutation', () => {
    const { hosts } = hostsOf(given);
    expect(letter(pick(hosts, turnOf(seededRandom()), false)?.member ?? null)).toBe('a');
  });
});

describe('who is passed over', () => {
  it('is drained: nobody may be asked', () => {
    expect(pick(hostsOf([{ standing: 'out' }]).hosts, turnOf(seededRandom()), true)).toBeNull();
  });

  it('is full, or asked to be left alone, while somebody else is not', () => {
    const { all, hosts } = hostsOf([{}, {}, {}]);
    const [a, b] = all;
    if (a !== undefined) a.limit = 0;
    if (b !== undefined) b.restUntilMs = 100;
    const random = seededRandom();
    expect(new Set(Array.from({ length: 9 }, () => letter(pick(hosts, turnOf(random), true)?.member ?? null)))).toEqual(
      new Set(['c']),
    );
  });

  it('was tried, while somebody who may well answer was not', () => {
    const { all, hosts } = hostsOf([{}, {}, { standing: 'doubtful' }]);
    const [a, b] = all;
    if (a === undefined || b === undefined) throw new Error('two were made');
    const next = (tried: readonly Member[]) =>
      letter(pick(hosts, turnOf(seededRandom(), { tried }), true)?.member ?? null);
    expect([next([a]), next([b]), next([a, b])]).toEqual(['b', 'a', 'c']);
    expect([hasAlternative(hosts, [a]), hasAlternative(hosts, [a, b])]).toEqual([true, false]);
  });
});

it('keeps the order of turns when nothing but another state changed', () => {
  const all = made([{}, {}, {}]);
  const random = seededRandom();
  const first = buildHostSet(all, OPTIONS, null, random);
  pick(first, turnOf(random), true);
  const second = buildHostSet(all, OPTIONS, first, random);
  expect(second.groups[0]?.policy).toBe(first.groups[0]?.policy);
  expect(letter(pick(second, turnOf(random), true)?.member ?? null)).toBe('b');
});
