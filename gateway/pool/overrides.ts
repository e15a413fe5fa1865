import { announce } from '../events';
import type { Override, OverrideView } from './pool';

type StateAction = 'drain' | 'maintenance' | 'eject' | 'force-up';

interface InForce {
  readonly reason: string;
  readonly actor: string;
  /** Null: until it is resumed. */
  readonly untilMs: number | null;
}

/** Administrative overrides of one instance: a state, a weight, both or neither. Replaced, never changed. */
export interface Overrides {
  readonly state: (InForce & { readonly action: StateAction }) | null;
  readonly weight: (InForce & { readonly weight: number }) | null;
}

export const NO_OVERRIDES: Overrides = { state: null, weight: null };

/** The overrides after one more command. A state takes the place of the one before, and so does a weight. Pure. */
export function afterOverride(overrides: Overrides, override: Override, nowMs: number): Overrides {
  const { reason, actor, ttlMs } = override;
  const made = { reason, actor, untilMs: ttlMs === null ? null : nowMs + ttlMs };
  switch (override.action) {
    case 'resume':
      return NO_OVERRIDES;
    case 'weight':
      return { ...overrides, weight: { ...made, weight: override.weight } };
    default:
      return { ...overrides, state: { ...made, action: override.action } };
  }
}

/** Gives one more command to an instance, and tells so. */
export function applyOverride(
  pool: string,
  instance: { readonly id: string; overrides: Overrides },
  override: Override,
  nowMs: number,
): void {
  instance.overrides = afterOverride(instance.overrides, override, nowMs);
  const { action, actor, reason, ttlMs } = override;
  const weight = override.action === 'weight' ? override.weight : null;
  announce('instance.overridden', { pool, instance: instance.id, action, weight, actor, reason, ttlMs });
}

/** Forgets what is over. @returns the same object when nothing is. Pure. */
export function stillInForce(overrides: Overrides, nowMs: number): Overrides {
  const isOver = (made: InForce | null) => made !== null && made.untilMs !== null && made.untilMs <= nowMs;
  if (!isOver(overrides.state) && !isOver(overrides.weight)) return overrides;
  return {
    state: isOver(overrides.state) ? null : overrides.state,
    weight: isOver(overrides.weight) ? null : overrides.weight,
  };
}

/** Finds when the next override ends by itself; infinity when none does. */
export function nextEndMs({ state, weight }: Overrides): number {
  return Math.min(state?.untilMs ?? Number.POSITIVE_INFINITY, weight?.untilMs ?? Number.POSITIVE_INFINITY);
}

/** @param epochMs added to a time of an override it gives milliseconds since the epoch */
export function viewOverrides({ state, weight }: Overrides, epochMs: number): readonly OverrideView[] {
  const until = ({ untilMs }: InForce) => (untilMs === null ? null : untilMs + epochMs);
  const views: OverrideView[] = [];
  if (state !== null) {
    const { action, reason, actor } = state;
    views.push({ action, weight: null, reason, actor, until: until(state) });
  }
  if (weight !== null) {
    const { reason, actor } = weight;
    views.push({ action: 'weight', weight: weight.weight, reason, actor, until: until(weight) });
  }
  return views;
}
