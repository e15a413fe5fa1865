/** A place that can lose this share of itself, less one, before its neighbours are asked: 1.4 means down to 71 %. */
const OVERPROVISIONING = 1.4;
/** Share of the requests that goes to other zones although one's own can take all, so that they are known. */
const PROBE_SHARE = 0.029;

export interface Capacity {
  /** Weight of those that are well. */
  readonly available: number;
  /** Weight of all. */
  readonly total: number;
}

/** Share in [0, 1] of all requests that a place can take. */
export function healthOf({ available, total }: Capacity): number {
  return total === 0 ? 0 : Math.min(1, (OVERPROVISIONING * available) / total);
}

/**
 * Fills places in order: each takes what it can, the rest spills to the next. When all together cannot take
 * everything, each takes more in proportion. Envoy's formula for priorities. Pure.
 * @returns shares that sum to 1, or all 0 when nothing is available
 */
export function spill(places: readonly Capacity[]): readonly number[] {
  let left = 1;
  const taken = places.map((place) => {
    const share = Math.min(left, healthOf(place));
    left -= share;
    return share;
  });
  const sum = 1 - left;
  return sum < 1 && sum > 0 ? taken.map((share) => share / sum) : taken;
}

/**
 * {@link spill} over zones, nearest first; a few requests go to the others all the same, by their weight.
 * @returns shares that sum to 1, or all 0 when nothing is available
 */
export function spillZones(zones: readonly Capacity[]): readonly number[] {
  const shares = spill(zones);
  const [nearest = 0] = shares;
  const remote = zones.slice(1).reduce((sum, { available }) => sum + available, 0);
  const probes = Math.min(PROBE_SHARE, nearest) - (1 - nearest);
  if (nearest === 0 || remote === 0 || probes <= 0) return shares;
  return shares.map((share, at) =>
    at === 0 ? share - probes : share + (probes * (zones[at]?.available ?? 0)) / remote,
  );
}

/** Share in [0, 1] of the weight that must be available; few instances are out sooner than many. */
export function panicThreshold(given: number | null, instances: number): number {
  return given ?? (instances >= 10 ? 0.5 : 0.3);
}
