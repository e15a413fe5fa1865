import type { Member } from '../../../gateway/pool/member';
import { POLICIES } from '../../../gateway/pool/policies/policies';
import { letter, members, turnOf } from '../../fixtures/members';
import { seededRandom } from '../../fixtures/seeded-random';

type Name = keyof typeof POLICIES;

// as: Object.keys gives the keys of POLICIES
const NAMES = Object.keys(POLICIES) as Name[];

/** Who is picked in so many turns, each with a key of its own; nothing is ever under way. */
function picks(name: Name, among: readonly Member[], count: number, tried: readonly Member[] = []): string[] {
  const random = seededRandom();
  const policy = POLICIES[name](among, random);
  return Array.from({ length: count }, (_, n) => letter(policy.pick(turnOf(random, { hashKey: `key ${n}`, tried }))));
}

function countsOf(picked: readonly string[], letters = 'abc'): number[] {
  return [...letters].map((one) => picked.filter((other) => other === one).length);
}

describe.each(NAMES)('%s', (name) => {
  it('gives each a share as its weight says', () => {
    const [a = 0, b = 0, c = 0] = countsOf(picks(name, members(5, 3, 2), 20_000));
    // A ring shares its keys only about evenly, and the quicker of two equals is a coin toss between weights.
    const tolerance = name === 'hash' ? 0.05 : 0.02;
    expect(Math.abs(a / 20_000 - 0.5)).toBeLessThan(tolerance + (name === 'response-time' ? 0.1 : 0));
    expect(Math.abs(b / 20_000 - 0.3)).toBeLessThan(tolerance + (name === 'response-time' ? 0.1 : 0));
    expect(Math.abs(c / 20_000 - 0.2)).toBeLessThan(tolerance + (name === 'response-time' ? 0.1 : 0));
  });

  it.each([3, 12, 100])('never picks one of %d that was tried, and nobody when all were', (count) => {
    const among = members(...Array.from({ length: count }, (_, n) => 1 + (n % 3)));
    const tried = among.slice(1);
    expect(new Set(picks(name, among, 50, tried))).toEqual(new Set(['a']));
    expect(new Set(picks(name, among, 5, among))).toEqual(new Set(['-']));
  });

  it('picks everybody among a hundred', () => {
    const among = members(...Array<number>(100).fill(1));
    expect(new Set(picks(name, among, 20_000)).size).toBe(100);
  });
});

describe('round-robin', () => {
  it('LB-01: shares 10,000 picks 5:3:2 exactly', () => {
    expect(countsOf(picks('round-robin', members(5, 3, 2), 10_000))).toEqual([5_000, 3_000, 2_000]);
  });

  it('spreads 5:1:1 smoothly', () => {
    expect(picks('round-robin', members(5, 1, 1), 7).join(' ')).toBe('a a b a c a a');
  });

  it('LB-03: never strays from 5:1:1 by a whole pick, nor runs over four', () => {
    const picked = picks('round-robin', members(5, 1, 1), 700);
    for (const [at] of picked.entries()) {
      const [a = 0, b = 0, c = 0] = countsOf(picked.slice(0, at + 1));
      const strays = [a - ((at + 1) * 5) / 7, b - (at + 1) / 7, c - (at + 1) / 7].map(Math.abs);
      expect(Math.max(...strays)).toBeLessThan(1);
    }
    expect(
      Math.max(
        ...picked
          .join('')
          .split(/[bc]/)
          .map((run) => run.length),
      ),
    ).toBeLessThanOrEqual(4);
  });

  it('keeps the shares exact among more than 64, from random phases', () => {
    const among = members(...Array.from({ length: 100 }, (_, n) => (n === 0 ? 5 : 1)));
    const picked = picks('round-robin', among, 1_040);
    const counts = among.map((one) => picked.filter((name) => name === letter(one)).length);
    expect(Math.abs((counts[0] ?? 0) - 50)).toBeLessThanOrEqual(1);
    expect(counts.slice(1).every((count) => Math.abs(count - 10) <= 1)).toBe(true);
  });
});

describe('random', () => {
  it('LB-01: shares 10,000 picks 5:3:2 as chance does (chi-square)', () => {
    const counts = countsOf(picks('random', members(5, 3, 2), 10_000));
    const chiSquare = [5_000, 3_000, 2_000].reduce(
      (sum, wanted, at) => sum + ((counts[at] ?? 0) - wanted) ** 2 / wanted,
      0,
    );
    expect(chiSquare).toBeLessThan(13.8);
  });
});

describe('least-requests', () => {
  it('picks who has the fewest under way for its weight', () => {
    const [a, b, c] = members(1, 1, 4);
    for (const [one, inFlight] of [
      [a, 1],
      [b, 1],
      [c, 2],
    ] as const)
      for (let n = 0; n < inFlight; n += 1) one?.started(0);
    const among = [a, b, c].filter((one) => one !== undefined);
    expect(letter(POLICIES['least-requests'](among, Math.random).pick(turnOf(Math.random)))).toBe('c');
  });

  it('goes round among equals', () => {
    expect(picks('least-requests', members(1, 1, 1), 6).join(' ')).toBe('a b c a b c');
  });
});

describe.each(['adaptive', 'response-time'] as const)('%s', (name) => {
  it('avoids one that answers ten times more slowly', () => {
    const among = members(1, 1, 1);
    for (const [at, one] of among.entries()) one.latency.observe(at === 0 ? 50 : 5, 0, 5);
    const [slow = 0] = countsOf(picks(name, among, 3_000));
    expect(slow).toBeLessThan(name === 'adaptive' ? 1 : 500);
  });

  it('avoids one that has not answered for long', () => {
    const among = members(1, 1, 1);
    for (const one of among) one.latency.observe(5, 0, 5);
    for (let n = 0; n < 3; n += 1) among[0]?.started(0);
    const random = seededRandom();
    const policy = POLICIES[name](among, random);
    const picked = Array.from({ length: 300 }, () => letter(policy.pick(turnOf(random, { nowMs: 500 }))));
    expect(countsOf(picked)[0]).toBe(0);
  });

  it('says with whom it compared', () => {
    const turn = turnOf(seededRandom());
    POLICIES[name](members(1, 1), turn.random).pick(turn);
    expect([letter(turn.other), turn.cost, turn.otherCost]).toEqual([expect.stringMatching(/a|b/), 5, 5]);
  });
});

describe('adaptive', () => {
  it('keeps to the order of turns while the difference is less than half', () => {
    const among = members(1, 1, 1);
    for (const [at, one] of among.entries()) one.latency.observe(at === 0 ? 9 : 5, 0, 5);
    expect(countsOf(picks('adaptive', among, 300))).toEqual([100, 100, 100]);
  });

  it('tries a slow one again once its latency is forgotten', () => {
    const among = members(1, 1);
    for (const [at, one] of among.entries()) one.latency.observe(at === 0 ? 50 : 5, 0, 5);
    const random = seededRandom();
    const policy = POLICIES.adaptive(among, random);
    const pickAt = (nowMs: number) => {
      among[1]?.latency.observe(5, nowMs, 5);
      return letter(policy.pick(turnOf(random, { nowMs })));
    };
    expect([pickAt(1_000), pickAt(1_001), pickAt(30_000), pickAt(30_001)].slice(0, 2)).toEqual(['b', 'b']);
    expect([pickAt(30_002), pickAt(30_003)]).toContain('a');
  });
});

describe('hash', () => {
  const ownersAmong = (among: readonly Member[]) => picks('hash', among, 1_000);

  it('sends equal keys to the same instance', () => {
    expect(ownersAmong(members(1, 1, 1))).toEqual(ownersAmong(members(1, 1, 1)));
  });

  it('moves only the keys of an instance that goes', () => {
    const before = ownersAmong(members(1, 1, 1));
    const after = ownersAmong(members(1, 1, 1).slice(0, 2));
    expect(before.every((owner, at) => owner === 'c' || owner === after[at])).toBe(true);
  });

  it('goes round without a key', () => {
    const random = seededRandom();
    const policy = POLICIES.hash(members(1, 1, 1), random);
    expect(Array.from({ length: 6 }, () => letter(policy.pick(turnOf(random)))).join(' ')).toBe('a b c a b c');
  });
});
