import type { LeaseRequest } from './lease-request';

/** One registered instance. Replaced, never changed. */
export interface Lease extends LeaseRequest {
  readonly id: string;
  readonly renewedMs: number;
  /** Ran out, and stays because too many did. */
  readonly kept: boolean;
}

/** Instances renew three times in their time to live: after half of it at least one heartbeat is missing. */
const SILENT_SHARE = 0.5;
/** Of a pool's leases: when more are silent, the silence is not theirs. */
const KEEP_SHARE = 0.5;

/**
 * Decides what becomes of leases that ran out. Pure.
 * @param isWell whether the pool's checks leave it possible that the instance is well
 */
export function expiredLeases(
  leases: readonly Lease[],
  nowMs: number,
  isWell: (lease: Lease) => boolean,
): { readonly gone: readonly Lease[]; readonly kept: readonly Lease[] } {
  const overdue = leases.filter((lease) => isOverdue(lease, nowMs));
  if (overdue.length === 0) return { gone: [], kept: [] };
  const silent = leases.filter(({ renewedMs, ttlMs }) => nowMs - renewedMs > ttlMs * SILENT_SHARE);
  if (silent.length <= leases.length * KEEP_SHARE) return { gone: overdue, kept: [] };
  const kept = new Set(overdue.filter(isWell));
  return { gone: overdue.filter((lease) => !kept.has(lease)), kept: [...kept] };
}

function isOverdue({ renewedMs, ttlMs }: Lease, nowMs: number): boolean {
  return nowMs - renewedMs >= ttlMs;
}
