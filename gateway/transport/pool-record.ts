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
  tags: z.record(text, text).exactOptional(),
  hostHeader: text.exactOptional(),
  servername: text.exactOptional(),
});

const overrideShape = z.object({
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
  overrides: z.array(overrideShape).max(10_000),
});

export type PoolRecord = z.output<typeof poolRecordShape>;
type RecordedOverride = PoolRecord['overrides'][number];

/** @param found endpoints of the discovery; those of the configuration are read from there */
export function recordOf(pool: Pool, found: readonly InstanceOptions[]): PoolRecord {
  return { pool: pool.name, endpoints: found.map(endpointOf), overrides: pool.instances().flatMap(overridesOf) };
}

function endpointOf({
  url,
  weight,
  zone,
  tier,
  tags,
  hostHeader,
  servername,
}: InstanceOptions): PoolRecord['endpoints'][0] {
  return {
    url,
    weight,
    zone,
    tier,
    ...(tags !== undefined && { tags }),
    ...(hostHeader !== undefined && { hostHeader }),
    ...(servername !== undefined && { servername }),
  };
}

function overridesOf({ id, reason, overrides = [], ejectedUntil }: InstanceView): RecordedOverride[] {
  const recorded = overrides.map((override: OverrideView) => ({ instance: id, ...override }));
  const ejected = recorded.some(({ action }) => action === 'eject');
  if (ejected || typeof ejectedUntil !== 'number') return recorded;
  return [...recorded, { instance: id, action: 'eject', weight: null, reason, actor: ACTOR, until: ejectedUntil }];
}

/** Tells the pool what was decided before and still holds. */
export function restoreInto(pool: Pool, { overrides }: PoolRecord, nowMs: number = Date.now()): void {
  for (const one of overrides) {
    const ttlMs = one.until === null ? null : one.until - nowMs;
    if (ttlMs === null || ttlMs > 0) pool.override(one.instance, overrideOf(one, ttlMs));
  }
}

function overrideOf({ action, weight, reason, actor }: RecordedOverride, ttlMs: number | null): Override {
  const why = { ttlMs, reason, actor };
  return action === 'weight' ? { ...why, action, weight: weight ?? 1 } : { ...why, action };
}
