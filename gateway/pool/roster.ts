import type { Instance } from './instance';
import type { Policy } from './policies/policy';

/** Who may be picked, best level first: well, well backups, joining, ejected (better a doubtful one than none). */
export interface Roster {
  readonly levels: readonly Level[];
  /** When an ejection ends and the roster is out of date. */
  readonly nextChangeMs: number;
}

interface Level {
  readonly instances: readonly Instance[];
  /** Some are on probation: one query at a time, no mutation. */
  readonly probation: boolean;
  readonly ejected: boolean;
}

/** Builds the roster from the states as last shown. */
export function buildRoster(instances: Iterable<Instance>): Roster {
  const primary: Instance[] = [];
  const backup: Instance[] = [];
  const joining: Instance[] = [];
  const ejected: Instance[] = [];
  let nextChangeMs = Number.POSITIVE_INFINITY;
  for (const instance of instances) {
    const { state } = instance.shown;
    if (state === 'draining' || state === 'removed') continue;
    if (state === 'joining') joining.push(instance);
    else if (state === 'ejected') {
      ejected.push(instance);
      if (instance.health.ejection !== null) nextChangeMs = Math.min(nextChangeMs, instance.health.ejection.untilMs);
    } else (instance.options.tier === 'backup' ? backup : primary).push(instance);
  }
  const level = (members: Instance[], isEjected = false): Level => ({
    instances: members,
    probation: members.some((instance) => instance.shown.state === 'probation'),
    ejected: isEjected,
  });
  const levels = [level(primary), level(backup), level(joining), level(ejected, true)];
  return { levels: levels.filter(({ instances: members }) => members.length > 0), nextChangeMs };
}

/**
 * Picks an instance: of the best level that has one not tried yet; when all were tried, of the best level.
 * @param repeatable false for a mutation: it is no test for an instance on probation
 * @returns null when the pool has no instance at all
 */
export function pick(
  roster: Roster,
  tried: ReadonlySet<Instance>,
  repeatable: boolean,
  policy: Policy,
  random: () => number,
): Instance | null {
  for (const level of roster.levels) {
    const usable =
      tried.size === 0 && !level.probation
        ? level.instances
        : level.instances.filter((instance) => !tried.has(instance) && isFree(instance, repeatable));
    const [first, ...others] = usable;
    if (first !== undefined) return others.length === 0 ? first : policy([first, ...others], random);
  }
  const [first, ...others] = roster.levels[0]?.instances ?? [];
  return first === undefined ? null : policy([first, ...others], random);
}

/** Whether a further attempt would go to an instance that is not tried yet and not ejected. */
export function hasAlternative(roster: Roster, tried: ReadonlySet<Instance>, repeatable: boolean): boolean {
  return roster.levels.some(
    (level) =>
      !level.ejected && level.instances.some((instance) => !tried.has(instance) && isFree(instance, repeatable)),
  );
}

function isFree(instance: Instance, repeatable: boolean): boolean {
  return instance.shown.state !== 'probation' || (repeatable && instance.inFlight === 0);
}
