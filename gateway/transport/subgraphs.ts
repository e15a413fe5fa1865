import { HeadgateError } from '../errors';
import type { Pool } from '../pool/pool';
import type { FetchStep } from './fetch';
import { createGraphqlSend } from './graphql';
import { GRAPHQL_POOL, type SubgraphOptions } from './options';
import type { PreparedPools } from './pools';
import type { Send } from './send';

/** Makes the verb of one REST subgraph; `poolOf` gives the pool of one of its sources. */
export type CreateRestSend = (options: SubgraphOptions, poolOf: (source: string) => Pool) => Send;

/**
 * The verb of every subgraph, by subgraph name. `pools` must hold the pools that the subgraphs name.
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work, INTERNAL for a pool that is missing
 */
export function createSends(
  subgraphs: Iterable<SubgraphOptions>,
  pools: Pick<PreparedPools, 'get'>,
  createRestSend: CreateRestSend,
  fetchStack: (options: SubgraphOptions, pool: Pool) => FetchStep,
): ReadonlyMap<string, Send> {
  const sends = new Map<string, Send>();
  for (const options of subgraphs) {
    const poolOf = (source: string) => pools.get(poolName(options, source));
    const send =
      options.kind === 'rest'
        ? createRestSend(options, poolOf)
        : createGraphqlSend(options, fetchStack(options, poolOf(GRAPHQL_POOL)));
    sends.set(options.name, send);
  }
  return sends;
}

function poolName(options: SubgraphOptions, source: string): string {
  const pool = options.pools[source];
  if (pool === undefined) throw new HeadgateError('INTERNAL', `subgraph ${options.name} has no pool for ${source}`);
  return pool.name;
}
