/** Latency may grow by this much before the limit gives way: some queueing is cheap. */
const TOLERANCE = 1.5;
/** How much of a new limit is taken over at once. */
const SMOOTHING = 0.2;
/** Weight of one answer in the usual latency: of an instance at leisure, and of one whose limit is made use of. */
const USUAL_WEIGHT = 1 / 200;
const USUAL_WEIGHT_LOADED = 1 / 10_000;
const RECENT_WEIGHT = 1 / 10;
/** What a limit loses when a request is refused or times out. */
const BACKOFF = 0.9;
const LIMIT_MIN = 1;

/** Limit on the requests of an instance at once, learned from its latency. Replaced, never changed. */
export interface GradientLimit {
  readonly limit: number;
  /** Milliseconds; null before the first answer. */
  readonly usualMs: number | null;
  readonly recentMs: number;
}

export function newGradientLimit(limit: number): GradientLimit {
  return { limit, usualMs: null, recentMs: 0 };
}

/**
 * The limit after an answer: it shrinks as recent answers take longer than usual, and grows by a little, as long as it is
 * made use of. Pure.
 * @param inFlight requests under way when the answer came, its own included
 * @param max what the limit never exceeds
 */
export function afterAnswer(before: GradientLimit, latencyMs: number, inFlight: number, max: number): GradientLimit {
  if (before.usualMs === null) return { ...before, usualMs: latencyMs, recentMs: latencyMs };
  const recentMs = before.recentMs + RECENT_WEIGHT * (latencyMs - before.recentMs);
  // A good stretch is believed at once, a bad one slowly: congestion must not become usual.
  const loaded = inFlight >= before.limit / 2;
  const weight = loaded ? USUAL_WEIGHT_LOADED : USUAL_WEIGHT;
  const usualMs = recentMs < before.usualMs ? recentMs : before.usualMs + weight * (recentMs - before.usualMs);
  if (!loaded) return { limit: before.limit, usualMs, recentMs };
  const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * usualMs) / recentMs));
  const wanted = before.limit * gradient + Math.sqrt(before.limit);
  const limit = before.limit + SMOOTHING * (Math.min(wanted, max) - before.limit);
  return { limit: Math.max(LIMIT_MIN, limit), usualMs, recentMs };
}

/** The limit after a request was refused for load, or was not answered in time. Pure. */
export function afterOverload(before: GradientLimit): GradientLimit {
  return { ...before, limit: Math.max(LIMIT_MIN, before.limit * BACKOFF) };
}
