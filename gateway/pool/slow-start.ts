/** Share of its weight that an instance begins with: less would teach nothing about it. */
const LEAST = 0.1;
/** The weight is raised in so many steps. */
const STEPS = 40;

/** Share in (0, 1] of its weight that a warming instance gets: 10 % after a tenth of the time, all at its end. Pure. */
export function warmth(sinceMs: number | null, nowMs: number, slowStartMs: number): number {
  if (sinceMs === null || slowStartMs <= 0) return 1;
  return Math.min(1, Math.max(LEAST, (nowMs - sinceMs) / slowStartMs));
}

/** Finds when the weight is to be raised next; infinity when it is not. Pure. */
export function nextWarmthMs(sinceMs: number | null, nowMs: number, slowStartMs: number): number {
  return sinceMs === null || slowStartMs <= 0 ? Number.POSITIVE_INFINITY : nowMs + slowStartMs / STEPS;
}
