import { setImmediate as turn } from 'node:timers/promises';
import type { Config } from './config/config';
import type { Serving } from './pipeline';
import { createApolloPlanner } from './planning/apollo/planner';
import { cachedPlanner } from './planning/cache';
import type { Planner } from './planning/planner';
import { sdlHash } from './pool/health/sdl-hash';
import { readSupergraph, supergraphVersion } from './supergraph/read';
import type { Supergraph } from './supergraph/supergraph';
import { GRAPHQL_POOL, type SubgraphOptions } from './transport/options';
import type { Pools } from './transport/pools';
import type { Connectors } from './transport/rest/connectors';
import type { Send } from './transport/send';
import { compileShareKey } from './transport/share-key';
import { createSends } from './transport/subgraphs';

/** Instances by subgraph name, as the registry knows them. */
export type KnownInstances = ReadonlyMap<string, readonly { readonly url: string; readonly weight: number }[]>;

/** What the SDL of a subgraph amounts to, by subgraph name: instances that show another one have drifted. */
export type SchemaHashes = ReadonlyMap<string, string>;

/**
 * One subgraph in each turn of the loop: 50 of 20 kB together would hold it up for 270 ms, one for 5.
 * @param schemas SDL by subgraph name
 */
export async function schemaHashes(schemas: Iterable<readonly [string, string]>): Promise<SchemaHashes> {
  const hashes = new Map<string, string>();
  for (const [name, sdl] of schemas) {
    hashes.set(name, sdlHash(sdl));
    await turn();
  }
  return hashes;
}

/** What the discovery of a pool without a single instance gets before queries may come. */
const FIRST_ANSWER_MS = 2_000;

export interface ServingSource {
  readonly sdl: string;
  readonly instances: KnownInstances;
  readonly schemaHashes?: SchemaHashes;
}

/** Makes servings and ends them. Planners are shared by servings of one supergraph, pools by all. */
export interface ServingMaker {
  /**
   * Everything up to the moment of the swap. A failure leaves what is served as it is.
   * @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID
   */
  make(source: ServingSource, config: Config, previous: Serving | null): Promise<Serving>;
  /** To be called once for each serving that nobody uses any more. */
  retire(serving: Serving): void;
  /** Resolves when every planner that retired is closed. */
  idle(): Promise<void>;
}

/** Loaded for supergraphs with REST adapters only: 50 files, 15 ms of a start. */
const restConnectors = () => require('./transport/rest/connectors') as typeof import('./transport/rest/connectors');
const restSend = () => require('./transport/rest/send') as typeof import('./transport/rest/send');

function instancesOf(
  supergraph: Supergraph,
  name: string,
  connectors: Connectors | null,
  known: KnownInstances,
): Parameters<Config['optionsFor']>[2] {
  if (connectors === null) {
    const url = supergraph.subgraphs.get(name)?.url ?? '';
    return { [GRAPHQL_POOL]: known.get(name) ?? (url === '' ? [] : [{ url, weight: 1 }]) };
  }
  const sources = Object.entries(restConnectors().sourcesOf(connectors));
  const published = known.get(name);
  const [only] = sources;
  // Of several sources nobody could tell which one is meant.
  if (published !== undefined && only !== undefined && sources.length === 1) {
    return { [only[0]]: published.map(({ url, weight }) => ({ url: new URL(url).origin, weight })) };
  }
  return Object.fromEntries(sources.map(([source, { origin }]) => [source, [{ url: origin, weight: 1 }]]));
}

/** What the instances' own schema is compared with; REST services have none. */
function withSchemaHash(options: SubgraphOptions, sdlHash: string | undefined): SubgraphOptions {
  const pool = options.pools[GRAPHQL_POOL];
  if (sdlHash === undefined || pool === undefined) return options;
  return { ...options, pools: { ...options.pools, [GRAPHQL_POOL]: { ...pool, sdlHash } } };
}

/** @throws {HeadgateError} CONNECT_INVALID */
function adaptersOf({ annotatedSdl }: Supergraph): ReadonlyMap<string, Connectors> {
  if (annotatedSdl === '') return new Map();
  const { connectSubgraphs, readConnectors } = restConnectors();
  return new Map(connectSubgraphs(annotatedSdl).map((name) => [name, readConnectors(annotatedSdl, name)]));
}

/** Refuses what a {@link ServingMaker} would refuse. @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID */
export async function checkSupergraph(sdl: string): Promise<void> {
  adaptersOf(await readSupergraph(sdl));
}

/** The verb of a GraphQL subgraph that is reached by other means than its pool; null: the pool is used. */
export type OwnSendOf = (options: SubgraphOptions, url: string) => Send | null;

export function createServingMaker(pools: Pools, ownSendOf: OwnSendOf = () => null): ServingMaker {
  const users = new Map<Planner, number>();
  const closing = new Set<Promise<void>>();

  async function plannerFor(supergraph: Supergraph, config: Config, previous: Serving | null): Promise<Planner> {
    if (previous?.supergraph === supergraph) return previous.planner;
    return cachedPlanner(await createApolloPlanner(supergraph.sdl, config.planning), config.planning.cacheMax);
  }

  return {
    async make({ sdl, instances, schemaHashes: hashes }, config, previous) {
      const same = previous?.supergraph.version === supergraphVersion(sdl) ? previous.supergraph : null;
      const supergraph = same ?? (await readSupergraph(sdl));
      const connectors = adaptersOf(supergraph);
      const ownSends = new Map<string, Send>();
      const subgraphs = [...supergraph.subgraphs.values()].flatMap(({ name, url }) => {
        const adapter = connectors.get(name) ?? null;
        const kind = adapter === null ? 'graphql' : 'rest';
        const options = config.optionsFor(name, kind, instancesOf(supergraph, name, adapter, instances));
        const ownSend = adapter === null ? ownSendOf(options, url) : null;
        if (ownSend === null) return [kind === 'graphql' ? withSchemaHash(options, hashes?.get(name)) : options];
        ownSends.set(name, ownSend);
        return [];
      });
      const planner = await plannerFor(supergraph, config, previous);
      pools.sync(subgraphs.flatMap((one) => Object.values(one.pools)));
      await pools.settled(FIRST_ANSWER_MS);
      const sends = createSends(subgraphs, pools, (options, poolOf) => {
        const adapter = connectors.get(options.name);
        if (adapter === undefined) throw new Error(`subgraph ${options.name} has no connectors`);
        return restSend().createRestSend(options, poolOf, adapter);
      });
      users.set(planner, (users.get(planner) ?? 0) + 1);
      return {
        supergraph,
        planner,
        sends: new Map([...sends, ...ownSends]),
        // Nobody knows what of a request the host's own code reads.
        shareKey: ownSends.size === 0 ? compileShareKey(subgraphs) : null,
      };
    },
    retire({ planner }) {
      const left = (users.get(planner) ?? 1) - 1;
      users.set(planner, left);
      if (left > 0) return;
      users.delete(planner);
      const closed = planner.close().finally(() => closing.delete(closed));
      closing.add(closed);
    },
    async idle() {
      await Promise.all(closing);
    },
  };
}
