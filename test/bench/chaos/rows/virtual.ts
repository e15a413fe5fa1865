import { Balancer } from '../../../../gateway/pool/balancer';
import { buildHostSet } from '../../../../gateway/pool/host-set';
import { Member } from '../../../../gateway/pool/member';
import type { PoolOptions } from '../../../../gateway/pool/options';
import { pick } from '../../../../gateway/pool/pick';
import { POLICIES } from '../../../../gateway/pool/policies/policies';
import { member, members, turnOf } from '../../../fixtures/members';
import { instance, poolOptions } from '../../../fixtures/pool-options';
import { seededRandom } from '../../../fixtures/seeded-random';
import type { Outcome, Row } from './row';
import { short } from './row';

/** Rows without a clock or a socket of their own: the same every time. */
function virtualRow(id: string, fault: string, goal: string, measure: () => Outcome): Row {
  return { id, fault, goal, compared: false, run: () => Promise.resolve(measure()) };
}

function picks(policy: PoolOptions['policy'], among: readonly Member[], count: number): number[] {
  const random = seededRandom();
  const chosen = POLICIES[policy](among, random);
  return Array.from({ length: count }, () => {
    const one = chosen.pick(turnOf(random));
    return one === null ? -1 : among.indexOf(one);
  });
}

const countsOf = (picked: readonly number[], size: number) =>
  Array.from({ length: size }, (_, at) => picked.filter((one) => one === at).length);

const proportions = virtualRow('LB-01', '10,000 picks 5:3:2', 'exact ± 1; random χ² < 13.8', () => {
  const wanted = [5_000, 3_000, 2_000];
  const exact = countsOf(picks('round-robin', members(5, 3, 2), 10_000), 3);
  const byChance = countsOf(picks('random', members(5, 3, 2), 10_000), 3);
  const off = Math.max(...wanted.map((count, at) => Math.abs((exact[at] ?? 0) - count)));
  const chiSquare = wanted.reduce((sum, count, at) => sum + ((byChance[at] ?? 0) - count) ** 2 / count, 0);
  return {
    holds: off <= 1 && chiSquare < 13.8,
    text: `${exact.join(':')}; χ² ${short(chiSquare)}`,
    figures: { off, chiSquare },
  };
});

const smoothness = virtualRow('LB-03', '5:1:1', 'longest run ≤ 4, prefix deviation < 1', () => {
  const picked = picks('round-robin', members(5, 1, 1), 7_000);
  let [run, longest, deviation] = [0, 0, 0];
  const counts = [0, 0, 0];
  for (const [at, one] of picked.entries()) {
    run = one === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
    counts[one] = (counts[one] ?? 0) + 1;
    for (const [who, weight] of [5, 1, 1].entries())
      deviation = Math.max(deviation, Math.abs((counts[who] ?? 0) - ((at + 1) * weight) / 7));
  }
  return {
    holds: longest <= 4 && deviation < 1,
    text: `run ${longest}, deviation ${short(deviation)}`,
    figures: { longest, deviation },
  };
});

function primaryShare(well: number): number {
  const all = Array.from({ length: 200 }, (_, at) =>
    member(at, { tier: at < 100 ? 'primary' : 'backup' }, { standing: at < well || at >= 100 ? 'well' : 'doubtful' }),
  );
  const options = { policy: 'round-robin', panicThreshold: null, locality: 'none', zone: null } as const;
  return shareOf(all, options, (one) => one.options.tier === 'primary');
}

function shareOf(
  all: readonly Member[],
  options: Parameters<typeof buildHostSet>[1],
  counts: (one: Member) => boolean,
): number {
  const random = seededRandom();
  const hosts = buildHostSet(all, options, null, random);
  const picked = Array.from({ length: 2_000 }, () => pick(hosts, turnOf(random), true)?.member ?? null);
  return picked.filter((one) => one !== null && counts(one)).length / picked.length;
}

const tiers = virtualRow('LB-28', 'primaries 100/72/71/50/25/0 % well', '100/100/99/70/35/0 % ± 1 point', () => {
  const wanted = [100, 100, 99, 70, 35, 0];
  const shares = [100, 72, 71, 50, 25, 0].map((well) => primaryShare(well) * 100);
  const off = Math.max(...shares.map((share, at) => Math.abs(share - (wanted[at] ?? 0))));
  return { holds: off <= 1, text: `${shares.map(short).join('/')} %`, figures: { offPoints: off } };
});

const zones = virtualRow('LB-29', 'three zones, all well', '≥ 97 % local', () => {
  const all = ['x/1/a', 'x/1/b', 'x/2/c'].map((zone, at) => member(at, { zone }));
  const options = { policy: 'adaptive', panicThreshold: null, locality: 'prefer-zone', zone: 'x/1/a' } as const;
  const local = shareOf(all, options, (one) => one.options.zone === 'x/1/a');
  return { holds: local >= 0.97, text: `${short(local * 100)} % local`, figures: { local } };
});

const SLOW_START_MS = 10_000;

const slowStart = virtualRow('LB-20', 'slow start 10 s', '10/50/100 % at 10/50/100 % of it ± 5 points', () => {
  let nowMs = 0;
  const ignore = { onChanged: () => undefined, onRefreshed: () => undefined };
  const options = poolOptions([], { policy: 'round-robin', slowStartMs: SLOW_START_MS });
  const balancer = new Balancer<Member>(options, () => nowMs, seededRandom(), ignore);
  const all = [0, 1, 2].map(
    (n) => new Member(instance(`http://10.0.0.${n + 1}/`), n === 2 ? 'unknown' : 'pass', 1e6, 0),
  );
  for (const one of all) balancer.members.set(one.url, one);
  balancer.refresh(nowMs);
  for (const one of all) one.warmingSinceMs = null;
  const healthCheck = {
    probe: 'graphql',
    intervalMs: 1,
    timeoutMs: 1,
    unhealthyThreshold: 1,
    healthyThreshold: 1,
  } as const;
  const [, , newcomer] = all;
  if (newcomer === undefined) throw new Error('there are three');
  balancer.checked(newcomer, { verdict: 'pass', reachable: true }, healthCheck);
  const shareAt = (moment: number) => {
    const counts = new Map<Member, number>();
    for (nowMs = moment * SLOW_START_MS - 250; nowMs < moment * SLOW_START_MS + 250; nowMs += 0.5) {
      const one = balancer.choose([], null, true, nowMs)?.member;
      if (one !== undefined) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    const own = counts.get(newcomer) ?? 0;
    return (200 * own) / (1_000 - own);
  };
  const shares = [0.1, 0.5, 1].map(shareAt);
  const off = Math.max(...shares.map((share, at) => Math.abs(share - ([10, 50, 100][at] ?? 0))));
  return { holds: off <= 5, text: `${shares.map(short).join('/')} %`, figures: { offPoints: off } };
});

export const VIRTUAL: readonly Row[] = [proportions, smoothness, slowStart, tiers, zones];
