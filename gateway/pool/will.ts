import type { Override, OverrideView } from './pool';

type StateAction = 'drain' | 'maintenance' | 'eject' | 'force-up';

interface Wish {
  readonly reason: string;
  readonly actor: string;
  /** Null: until it is resumed. */
  readonly untilMs: number | null;
}

/** Administrative overrides of one instance: a state, a weight, both or neither. Replaced, never changed. */
export interface Will {
  readonly state: (Wish & { readonly action: StateAction }) | null;
  readonly weight: (Wish & { readonly weight: number }) | null;
}

export const NO_WILL: Will = { state: null, weight: null };

/** The will after one more command. A state takes the place of the one before, and so does a weight. Pure. */
export function afterOverride(will: Will, override: Override, nowMs: number): Will {
  const { reason, actor, ttlMs } = override;
  const wish = { reason, actor, untilMs: ttlMs === null ? null : nowMs + ttlMs };
  switch (override.action) {
    case 'resume':
      return NO_WILL;
    case 'weight':
      return { ...will, weight: { ...wish, weight: override.weight } };
    default:
      return { ...will, state: { ...wish, action: override.action } };
  }
}

/** Forgets what is over. @returns the same object when nothing is. Pure. */
export function stillWanted(will: Will, nowMs: number): Will {
  const isOver = (wish: Wish | null) => wish !== null && wish.untilMs !== null && wish.untilMs <= nowMs;
  if (!isOver(will.state) && !isOver(will.weight)) return will;
  return { state: isOver(will.state) ? null : will.state, weight: isOver(will.weight) ? null : will.weight };
}

/** Finds when the next override ends by itself; infinity when none does. */
export function nextEndMs({ state, weight }: Will): number {
  return Math.min(state?.untilMs ?? Number.POSITIVE_INFINITY, weight?.untilMs ?? Number.POSITIVE_INFINITY);
}

/** @param epochMs added to a time of the will it gives milliseconds since the epoch */
export function viewWill({ state, weight }: Will, epochMs: number): readonly OverrideView[] {
  const until = ({ untilMs }: Wish) => (untilMs === null ? null : untilMs + epochMs);
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
