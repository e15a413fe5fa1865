import { z } from 'zod';
import type { PoolOptions } from '../../pool/options';
import { hasTags, type Tags, tagText } from '../../tags';
import { callAdminJson, type ListenerOptions } from '../admin-client';
import type { JudgedFetch } from './judged-request';

const instanceShape = z.looseObject({
  id: z.string(),
  state: z.string(),
  reason: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
});
const poolShape = z.looseObject({ name: z.string(), policy: z.string(), instances: z.array(instanceShape) });
const listShape = z.object({ pools: z.array(poolShape) });

/** A pool as a running gateway believes it to be, or as the configuration lists it. */
export type KnownPool = z.output<typeof poolShape>;

/** What a fetch meets in one pool. */
export interface Candidates {
  readonly pool: string;
  readonly policy: string;
  /** Of those who may be asked one is chosen by the policy. */
  readonly instances: readonly { readonly id: string; readonly why: string }[];
  readonly passedOver: readonly { readonly id: string; readonly why: string }[];
  /** Nobody with the tags is well: everybody else is asked. */
  readonly fallsBack: boolean;
}

/** @throws {HeadgateError} nobody answers there */
export async function runningPools(admin: ListenerOptions): Promise<readonly KnownPool[]> {
  const { known } = await callAdminJson(admin, { method: 'GET', path: '/pools', changes: false }, listShape);
  return known.pools;
}

export function listedPool({ name, policy, instances }: PoolOptions): KnownPool {
  const listed = instances.map(({ url, tags }) => {
    const known = { id: new URL(url).host, state: 'listed', reason: 'in the configuration' };
    return tags === undefined ? known : { ...known, tags };
  });
  return { name, policy, instances: listed };
}

const WELL: ReadonlySet<string> = new Set(['healthy', 'degraded', 'listed']);

/** Who may be asked for a fetch, and who may not and why. */
export function candidatesIn({ name, policy, instances }: KnownPool, { tags, fallback }: JudgedFetch): Candidates {
  const isWell = ({ state }: KnownPool['instances'][number]) => WELL.has(state);
  const fits = (one: KnownPool['instances'][number]) => tags === null || hasTags(one.tags, tags);
  const fallsBack = fallback && !instances.some((one) => fits(one) && isWell(one)) && instances.some(isWell);
  const wanted = instances.filter((one) => fallsBack || fits(one));
  // As the pool does: who is unwell is asked when nobody else is left.
  const asked = wanted.some(isWell) ? wanted.filter(isWell) : wanted;
  const others = instances.filter((one) => !asked.includes(one));
  return {
    pool: name,
    policy,
    instances: asked.map(({ id, state, reason }) => ({ id, why: `${state}, ${reason}` })),
    passedOver: others.map((one) => ({
      id: one.id,
      why: isWell(one) ? tagsText(one.tags) : `${one.state}, ${one.reason}`,
    })),
    fallsBack: tags !== null && fallsBack,
  };
}

function tagsText(tags: Tags = {}): string {
  return tagText(tags) || 'no tags';
}
