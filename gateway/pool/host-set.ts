import { byNearness } from './locality';
import type { Member } from './member';
import type { PoolOptions } from './options';
import { POLICIES } from './policies/policies';
import type { Policy } from './policies/policy';
import type { Standing } from './state';
import { type Capacity, healthOf, panicThreshold, spill, spillZones } from './tier-load';

/** Members that may be chosen at one moment, in groups; replaced when a state or a weight changes. */
export interface HostSet<M extends Member> {
  /** In the order in which they are asked when those with a share were tried. */
  readonly groups: readonly Group<M>[];
  /** The one group that gets everything, where there is one. */
  readonly sole: Group<M> | null;
  /** On probation: each gets one query at a time, before anybody else. */
  readonly trials: readonly M[];
  /** Too few are well: every reachable one is used. */
  readonly panic: boolean;
  /** Share in [0, 1] of the requests that those who are well can take. */
  readonly available: number;
}

/** Members that are alike: one tier, one standing, one zone. */
export interface Group<M extends Member> {
  readonly key: string;
  readonly members: readonly M[];
  /** Of each member when the policy was made. */
  readonly weights: readonly number[];
  readonly policy: Policy<M>;
  /** Share in [0, 1] of the requests. */
  readonly share: number;
  /** Those of the next zone, who take over when this one is slower and loaded. */
  rival: Group<M> | null;
  /** Chosen only when nobody else is left. */
  readonly doubtful: boolean;
  readonly panic: boolean;
  /** Smooth round-robin over groups: what this one is owed. */
  credit: number;
}

export type HostSetOptions = Pick<PoolOptions, 'policy' | 'panicThreshold' | 'locality' | 'zone'>;

const TIERS = ['primary', 'backup'] as const;

interface Tier<M> {
  readonly name: (typeof TIERS)[number];
  readonly standing: Readonly<Record<Standing, readonly M[]>>;
  /** Weight of all whose state is known. */
  readonly total: number;
  readonly panic: boolean;
}

interface Draft<M> {
  readonly key: string;
  readonly members: readonly M[];
  readonly share: number;
  readonly doubtful: boolean;
  readonly panic: boolean;
}

/**
 * Builds the hosts from the states and weights as last derived.
 * @param before groups that stay as they are keep their place in the order of turns
 */
export function buildHostSet<M extends Member>(
  members: Iterable<M>,
  options: HostSetOptions,
  before: HostSet<M> | null,
  random: () => number,
): HostSet<M> {
  const all = [...members];
  const sorted = TIERS.map((name) => sortTier(name, all));
  const available = availableShare(sorted);
  const tiers = sorted.map((tier) => ({ ...tier, panic: available < 1 && panics(tier, options.panicThreshold) }));
  const drafts = [...sharing(tiers, options), ...reserve(tiers)];
  const groups = drafts.map((draft) => toGroup(draft, options.policy, before, random));
  linkZones(groups);
  const sole = groups.find(({ share }) => share > 0.9999) ?? (groups.some(({ share }) => share > 0) ? null : groups[0]);
  return {
    groups,
    sole: sole ?? null,
    trials: tiers.flatMap(({ standing, panic }) => (panic ? [] : standing.probation)),
    panic: tiers.some(({ panic }) => panic),
    available,
  };
}

function sortTier<M extends Member>(name: Tier<M>['name'], members: readonly M[]): Tier<M> {
  const standing: Record<Standing, M[]> = {
    well: [],
    degraded: [],
    probation: [],
    joining: [],
    doubtful: [],
    unreachable: [],
    out: [],
  };
  for (const member of members) if (member.options.tier === name) standing[member.shown.standing].push(member);
  const { well, degraded, probation, doubtful, unreachable } = standing;
  const total = weightOf([...well, ...degraded, ...probation, ...doubtful, ...unreachable]);
  return { name, standing: { ...standing, out: [] }, total, panic: false };
}

/** What slow start withholds is there all the same. */
function weightOf(members: readonly Member[]): number {
  return members.reduce((sum, { givenWeight }) => sum + givenWeight, 0);
}

function availableShare<M extends Member>(tiers: readonly Tier<M>[]): number {
  if (tiers.every(({ total }) => total === 0)) return 1;
  const share = tiers.reduce((sum, tier) => sum + healthOf({ available: usable(tier), total: tier.total }), 0);
  return Math.min(1, share);
}

function usable<M extends Member>({ standing }: Tier<M>): number {
  return weightOf(standing.well) + weightOf(standing.degraded);
}

function panics<M extends Member>(tier: Tier<M>, given: number | null): boolean {
  if (tier.total === 0) return false;
  const { well, degraded, probation, doubtful, unreachable } = tier.standing;
  const count = well.length + degraded.length + probation.length + doubtful.length + unreachable.length;
  return usable(tier) / tier.total < panicThreshold(given, count);
}

/** Those who share the requests: the well of each tier, then the degraded; in panic all that can be reached. */
function sharing<M extends Member>(tiers: readonly Tier<M>[], options: HostSetOptions): readonly Draft<M>[] {
  const places = [
    ...tiers.map((tier) => ({
      tier,
      kind: tier.panic ? 'panic' : 'well',
      members: tier.panic ? reachable(tier) : tier.standing.well,
    })),
    ...tiers.map((tier) => ({ tier, kind: 'degraded', members: tier.panic ? [] : tier.standing.degraded })),
  ];
  const capacities = places.map(({ tier, kind, members }) => ({
    available: kind === 'panic' ? usable(tier) : weightOf(members),
    total: tier.total,
  }));
  const shares = sharesOf(
    capacities,
    places.findIndex(({ kind, members }) => kind === 'panic' && members.length > 0),
  );
  return places.flatMap(({ tier, kind, members }, at) =>
    splitZones(
      { key: `${tier.name} ${kind}`, members, share: shares[at] ?? 0, doubtful: false, panic: tier.panic },
      tier,
      options,
    ),
  );
}

/** When nobody is well, the first tier that panics gets everything. */
function sharesOf(capacities: readonly Capacity[], firstPanic: number): readonly number[] {
  const shares = spill(capacities);
  if (firstPanic === -1 || shares.some((share) => share > 0)) return shares;
  return shares.map((_, at) => (at === firstPanic ? 1 : 0));
}

function reachable<M extends Member>({ standing }: Tier<M>): readonly M[] {
  const { well, degraded, probation, joining, doubtful, unreachable } = standing;
  const found = [...well, ...degraded, ...probation, ...joining, ...doubtful];
  return found.length > 0 ? found : unreachable;
}

function splitZones<M extends Member>(
  draft: Draft<M>,
  { standing }: Tier<M>,
  { locality, zone }: HostSetOptions,
): readonly Draft<M>[] {
  if (draft.members.length === 0) return [];
  if (locality === 'none' || zone === null) return [draft];
  const everybody = byNearness(Object.values(standing).flat(), zone);
  const zones = byNearness(draft.members, zone);
  const capacities = zones.map((members) => {
    const [one] = members;
    const all = everybody.find((group) => one !== undefined && group.includes(one)) ?? members;
    return { available: weightOf(members), total: weightOf(all) };
  });
  const shares = spillZones(capacities);
  return zones.map((members, at) => ({
    ...draft,
    key: `${draft.key} ${at}`,
    members,
    share: draft.share * (shares[at] ?? 0),
  }));
}

/** Those who are asked when everybody who has a share was tried, or there is nobody. */
function reserve<M extends Member>(tiers: readonly Tier<M>[]): readonly Draft<M>[] {
  const kinds = ['joining', 'probation', 'doubtful', 'unreachable'] as const;
  return kinds.flatMap((kind) =>
    tiers.flatMap(({ name, standing }) => {
      const members = standing[kind];
      const doubtful = kind !== 'joining';
      return members.length === 0 ? [] : [{ key: `${name} ${kind}`, members, share: 0, doubtful, panic: false }];
    }),
  );
}

function toGroup<M extends Member>(
  draft: Draft<M>,
  policy: HostSetOptions['policy'],
  before: HostSet<M> | null,
  random: () => number,
): Group<M> {
  const old = before?.groups.find(({ key }) => key === `${policy} ${draft.key}`);
  const weights = draft.members.map(({ weight }) => weight);
  const same = old !== undefined && isSame(old.members, draft.members) && isSame(old.weights, weights);
  return {
    ...draft,
    key: `${policy} ${draft.key}`,
    weights,
    policy: same ? old.policy : POLICIES[policy](draft.members, random),
    rival: null,
    credit: old?.credit ?? 0,
  };
}

function isSame<T>(before: readonly T[], after: readonly T[]): boolean {
  return before.length === after.length && before.every((one, at) => one === after[at]);
}

/** The zones of one tier and standing follow each other. */
function linkZones<M extends Member>(groups: readonly Group<M>[]): void {
  for (const [at, group] of groups.entries()) {
    const next = groups[at + 1];
    const isNextZone = next !== undefined && zoneless(next.key) === zoneless(group.key) && group.share > 0;
    if (isNextZone) group.rival = next;
  }
}

function zoneless(key: string): string {
  return key.replace(/ \d+$/, '');
}
