import { hasTags } from '../tags';
import type { HostSet } from './host-set';
import type { InstanceFilter } from './instance-filter';
import type { Member } from './member';

/** How well the best of some members is. */
type Rank = 'well' | 'some' | 'none';

const RANKS: readonly Rank[] = ['none', 'some', 'well'];
/** One that no request asked for this long is forgotten: a rule that named it is gone. */
const FORGOTTEN_AFTER_MS = 60_000;

interface Subset<M extends Member> {
  hosts: HostSet<M>;
  rank: Rank;
  /** False: states or weights may be others since. */
  fresh: boolean;
  askedMs: number;
  fallsBack: boolean;
}

interface SubsetParts<M extends Member> {
  readonly members: () => Iterable<M>;
  readonly build: (members: readonly M[], before: HostSet<M> | null) => HostSet<M>;
  /** All are asked in the place of a subset, or no longer. */
  readonly onFallback: (filter: InstanceFilter, fallsBack: boolean) => void;
}

/** Hosts of those members that have certain tags: made when a request wants them, and again when states change. */
export class Subsets<M extends Member> {
  readonly #parts: SubsetParts<M>;
  readonly #known = new Map<string, Subset<M>>();

  constructor(parts: SubsetParts<M>) {
    this.#parts = parts;
  }

  /** Hosts that a request with this filter is for; null: everybody, because of those who fit nobody is well. */
  hostsFor(filter: InstanceFilter, nowMs: number): HostSet<M> | null {
    const subset = this.#subset(filter, nowMs);
    const fallsBack = filter.fallback && subset.rank !== 'well' && this.#isWorseThanAll(subset.rank);
    if (fallsBack !== subset.fallsBack) {
      subset.fallsBack = fallsBack;
      this.#parts.onFallback(filter, fallsBack);
    }
    return fallsBack ? null : subset.hosts;
  }

  /** To be told when states or weights change. */
  changed(nowMs: number): void {
    for (const [text, subset] of this.#known) {
      if (nowMs - subset.askedMs > FORGOTTEN_AFTER_MS) this.#known.delete(text);
      else subset.fresh = false;
    }
  }

  #subset(filter: InstanceFilter, nowMs: number): Subset<M> {
    const key = `${filter.fallback} ${filter.text}`;
    const known = this.#known.get(key);
    if (known?.fresh === true) {
      known.askedMs = nowMs;
      return known;
    }
    const fitting = [...this.#parts.members()].filter(({ options }) => hasTags(options.tags, filter.tags));
    const made: Subset<M> = {
      hosts: this.#parts.build(fitting, known?.hosts ?? null),
      rank: rankOf(fitting),
      fresh: true,
      askedMs: nowMs,
      fallsBack: known?.fallsBack ?? false,
    };
    this.#known.set(key, made);
    return made;
  }

  #isWorseThanAll(rank: Rank): boolean {
    return RANKS.indexOf(rank) < RANKS.indexOf(rankOf(this.#parts.members()));
  }
}

function rankOf(members: Iterable<Member>): Rank {
  let rank: Rank = 'none';
  for (const { shown } of members) {
    if (shown.standing === 'well' || shown.standing === 'degraded') return 'well';
    if (shown.standing !== 'out') rank = 'some';
  }
  return rank;
}
