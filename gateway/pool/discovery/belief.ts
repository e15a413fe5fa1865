import type { InstanceOptions } from '../options';
import type { Snapshot } from './discovery';

/** Belief about the instances that a source names. Replaced, never changed. */
export interface Belief {
  readonly endpoints: readonly InstanceOptions[];
  /** Empty answers in a row. */
  readonly emptyAnswers: number;
}

export const NOTHING_FOUND: Belief = { endpoints: [], emptyAnswers: 0 };

/** One empty answer is more often a mistake of the source than the end of a service. */
const EMPTY_ANSWERS_MIN = 2;

/**
 * Updates the belief after a source answered. Pure. An incomplete answer only adds. An empty one is believed when it
 * was repeated and the pool's own checks agree that nobody is there.
 * @param anyWell whether one of the endpoints believed in so far may still be well
 */
export function believe(before: Belief, { endpoints, complete }: Snapshot, anyWell: () => boolean): Belief {
  if (endpoints.length === 0 && complete) {
    const emptyAnswers = before.emptyAnswers + 1;
    const gone = before.endpoints.length > 0 && emptyAnswers >= EMPTY_ANSWERS_MIN && !anyWell();
    return { endpoints: gone ? [] : before.endpoints, emptyAnswers };
  }
  if (complete) return { endpoints: distinct(endpoints), emptyAnswers: 0 };
  return { endpoints: distinct([...endpoints, ...before.endpoints]), emptyAnswers: 0 };
}

/** The first of each URL. */
export function distinct(endpoints: readonly InstanceOptions[]): readonly InstanceOptions[] {
  const byUrl = new Map<string, InstanceOptions>();
  for (const endpoint of endpoints) if (!byUrl.has(endpoint.url)) byUrl.set(endpoint.url, endpoint);
  return [...byUrl.values()];
}

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** True also when only a weight, zone or name differs. The order does not matter. */
  readonly differs: boolean;
}

/** Compares two sets of endpoints, told apart by URL. */
export function difference(before: readonly InstanceOptions[], after: readonly InstanceOptions[]): Difference {
  const old = new Map(before.map((one) => [one.url, JSON.stringify(one)]));
  const young = new Map(after.map((one) => [one.url, JSON.stringify(one)]));
  const added = [...young.keys()].filter((url) => !old.has(url));
  const removed = [...old.keys()].filter((url) => !young.has(url));
  const changed = [...young].some(([url, text]) => old.has(url) && old.get(url) !== text);
  return { added, removed, differs: changed || added.length > 0 || removed.length > 0 };
}
