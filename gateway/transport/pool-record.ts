import { z } from 'zod';
import type { InstanceOptions } from '../pool/options';
import type { InstanceView, Override, OverrideView, Pool } from '../pool/pool';

/** Who restores what an operator or a failure decided in the process before. */
const ACTOR = 'checkpoint';
/** `host:port` of instances, URLs, names. */
const text = z.string().max(2048);

const endpointShape = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  weight: z.number().positive(),
  zone: text.nullable(),
  tier: z.enum(['primary', 'backup']),
  hostHeader: text.exactOptional(),
  servername: text.exactOptional(),
});

const wishShape = z.object({
  instance: text,
  action: z.enum(['drain', 'maintenance', 'eject', 'force-up', 'weight']),
  weight: z.number().positive().nullable(),
  reason: text,
  actor: text,
  /** Milliseconds since the epoch; null: until it is resumed. */
  until: z.number().nullable(),
});

/** One pool as a next process needs it: what its discovery found, what operators wanted, who was ejected. */
export const poolRecordShape = z.object({
  pool: text,
  endpoints: z.array(endpointShape).max(10_000),
  wishes: z.array(wishShape).max(10_000),
});

export type PoolRecord = z.output<typeof poolRecordShape>;
type Wish = PoolRecord['wishes'][number];

/** @param found endpoints of the discovery; those of the configuration are read from there */
export function recordOf(pool: Pool, found: readonly InstanceOptions[]): PoolRecord {
  return { pool: pool.name, endpoints: found.map(endpointOf), wishes: pool.instances().flatMap(wishesOf) };
}

function endpointOf({ url, weight, zone, tier, hostHeader, servername }: InstanceOptions): PoolRecord['endpoints'][0] {
  return {
    url,
    weight,
    zone,
    tier,
    ...(hostHeader !== undefined && { hostHeader }),
    ...(servername !== undefined && { servername }),
  };
}

function wishesOf({ id, reason, overrides = [], ejectedUntil }: InstanceView): Wish[] {
  const wishes = overrides.map((override: OverrideView) => ({ instance: id, ...override }));
  const ejected = overrides.some(({ action }) => action === 'eject');
  if (ejected || typeof ejectedUntil !== 'number') return wishes;
  return [...wishes, { instance: id, action: 'eject', weight: null, reason, actor: ACTOR, until: ejectedUntil }];
}

/** Tells the pool what was decided before and still holds. */
export function restoreInto(pool: Pool, { wishes }: PoolRecord, nowMs: number = Date.now()): void {
  for (const wish of wishes) {
    const ttlMs = wish.until === null ? null : wish.until - nowMs;
    if (ttlMs === null || ttlMs > 0) pool.override(wish.instance, overrideOf(wish, ttlMs));
  }
}

function overrideOf({ action, weight, reason, actor }: Wish, ttlMs: number | null): Override {
  const why = { ttlMs, reason, actor };
  return action === 'weight' ? { ...why, action, weight: weight ?? 1 } : { ...why, action };
}
