import { setImmediate as turn } from 'node:timers/promises';
import type { Config } from './config/config';
import { Tokens } from './credentials/tokens';
import { demandLayers } from './demand-control/fetch-layers';
import { REFUSED_READS } from './demand-control/refused-subgraphs';
import { announce } from './events';
import type { Version } from './operations/version';
import { fetchStack } from './pipeline';
import { createApolloPlanner } from './planning/apollo/planner';
import { cachedPlanner } from './planning/cache';
import type { Planner } from './planning/planner';
import { NO_PLUGINS, type PluginLayers } from './plugins/plugin-layers';
import { sdlHashOf } from './pool/health/sdl-thread';
import type { PoolOptions } from './pool/options';
import { readSupergraph, supergraphVersion } from './supergraph/read';
import { schemaTagsOf } from './supergraph/schema-tags';
import type { CompositionHint, SubgraphDefinition, Supergraph } from './supergraph/supergraph';
import { checkReach } from './transport/check-reach';
import type { FetchBase } from './transport/fetch';
import { GRAPHQL_POOL, type SubgraphOptions } from './transport/options';
import type { Pools, PreparedPools } from './transport/pools';
import type { Connectors } from './transport/rest/connectors';
import type { TokenSources } from './transport/shown-tokens';
import { type CreateRestBase, createFetches, type ReachedSubgraph } from './transport/subgraphs';
import { Undo } from './undo';

/** Instances by subgraph name, as the registry knows them. */
export type KnownInstances = ReadonlyMap<string, readonly { readonly url: string; readonly weight: number }[]>;

/** Hashes of the SDL of each subgraph, by its name: instances that show another one have drifted. */
export type SchemaHashes = ReadonlyMap<string, string>;

/**
 * One subgraph in each turn of the loop, large ones in a thread: 50 of 20 kB together would hold it up for 270 ms, one of 5 MB for 4 s.
 * @param schemas SDL by subgraph name
 */
export async function schemaHashes(schemas: Iterable<readonly [string, string]>): Promise<SchemaHashes> {
  const hashes = new Map<string, string>();
  for (const [name, sdl] of schemas) {
    hashes.set(name, await sdlHashOf(sdl));
    await turn();
  }
  return hashes;
}

/** What the discovery of a pool without a single instance gets before queries may come. */
const FIRST_ANSWER_MS = 2_000;

export interface VersionSource {
  readonly sdl: string;
  readonly instances: KnownInstances;
  readonly schemaHashes?: SchemaHashes;
}

/** A version on pools that nobody sees yet. Either of commit and abandon is called, once. */
interface PreparedVersion {
  readonly version: Version;
  /** Makes its pools the ones in use. Cannot fail, and waits for nothing. */
  commit(): void;
  /** Closes what was opened for it. */
  abandon(): void;
}

/** Makes versions and ends them. Planners are shared by those of one supergraph, pools by all that name them. */
export interface VersionMaker {
  /**
   * Everything that may fail before the moment of the swap; changes nothing, and leaves nothing when it fails.
   * @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID
   */
  prepare(source: VersionSource, config: Config, previous: Version | null): Promise<PreparedVersion>;
  /** To be called once for each version that nobody uses any more. */
  retire(version: Version): void;
  /** Resolves when every planner that retired is closed. */
  idle(): Promise<void>;
}

/** What every adapter links. */
const CONNECT = 'specs.apollo.dev/connect';

/** Loaded for supergraphs with REST adapters only: 50 files, 15 ms of a start. */
const restConnectors = () => require('./transport/rest/connectors') as typeof import('./transport/rest/connectors');
const restAdapters = () => require('./transport/rest/adapter') as typeof import('./transport/rest/adapter');

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
  if (published !== undefined && published.length > 0 && only !== undefined && sources.length === 1) {
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

/**
 * Refuses REST adapters by what their authors wrote, with lines and columns of that: a supergraph has neither.
 * @param fileOf where an SDL was read from; null when nobody knows
 * @returns what works, and seldom as it was meant
 * @throws {HeadgateError} CONNECT_INVALID
 */
export function checkAdapters(
  definitions: readonly SubgraphDefinition[],
  fileOf: (subgraph: string) => string | null,
): readonly CompositionHint[] {
  const adapters = definitions.filter(({ sdl }) => sdl.includes(CONNECT));
  if (adapters.length === 0) return [];
  const { describeProblem, readConnectorsFromSdl } = restConnectors();
  return adapters.flatMap(({ name, sdl }) => {
    const file = fileOf(name);
    const place = file === null ? `the adapter of ${name}: ` : `${file}:`;
    const { warnings } = readConnectorsFromSdl(sdl, name, file);
    return warnings.map((warning) => ({ code: warning.code, message: `${place}${describeProblem(warning)}` }));
  });
}

/** Refuses what a {@link VersionMaker} would refuse. @returns what works otherwise than it looks @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID */
export async function checkVersion(
  { sdl, instances }: VersionSource,
  config: Pick<Config, 'optionsFor'>,
): Promise<readonly CompositionHint[]> {
  const supergraph = await readSupergraph(sdl);
  const all = reached(supergraph, adaptersOf(supergraph), instances, config);
  for (const each of all) check(each);
  return all.flatMap(hintsOf);
}

/** @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID */
function check({ options, adapter }: Reached): void {
  checkReach(options);
  if (adapter === null) return;
  const {
    checkEnv,
  }: typeof import('./transport/rest/validate/check-env') = require('./transport/rest/validate/check-env');
  checkEnv(adapter, options.env);
  const {
    checkSources,
  }: typeof import('./transport/rest/validate/check-sources') = require('./transport/rest/validate/check-sources');
  checkSources(adapter, Object.keys(options.sources ?? {}));
}

function hintsOf({ options, adapter }: Reached): readonly CompositionHint[] {
  if (adapter === null) return [];
  const {
    headerHints,
  }: typeof import('./transport/rest/validate/check-headers') = require('./transport/rest/validate/check-headers');
  return headerHints(adapter, options.requestHeaders);
}

interface Reached {
  readonly options: SubgraphOptions;
  /** Null for a GraphQL subgraph. */
  readonly adapter: Connectors | null;
  /** In the supergraph. */
  readonly url: string;
}

/** How each subgraph is reached. */
function reached(
  supergraph: Supergraph,
  adapters: ReadonlyMap<string, Connectors>,
  known: KnownInstances,
  config: Pick<Config, 'optionsFor'>,
): readonly Reached[] {
  return [...supergraph.subgraphs.values()].map(({ name, url }) => {
    const adapter = adapters.get(name) ?? null;
    const instances = instancesOf(supergraph, name, adapter, known);
    return { options: config.optionsFor(name, adapter === null ? 'graphql' : 'rest', instances), adapter, url };
  });
}

/** What a GraphQL subgraph is reached by instead of its pool; null: the pool is used. */
export type OwnBaseOf = (options: SubgraphOptions, url: string) => FetchBase | null;

/** @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID */
function reachedSubgraph(
  { options, adapter, url }: Reached,
  ownBaseOf: OwnBaseOf,
  hash: string | undefined,
): ReachedSubgraph {
  const base = adapter === null ? ownBaseOf(options, url) : null;
  if (base !== null) return { options, base };
  check({ options, adapter, url });
  return { options: adapter === null ? withSchemaHash(options, hash) : options, base };
}

/** Pools of all that are reached through some, and of where tokens come from. */
function poolsOf(subgraphs: readonly ReachedSubgraph[]): readonly PoolOptions[] {
  return subgraphs.flatMap(({ options, base }) => [
    ...(base === null ? Object.values(options.pools) : []),
    ...Object.values(options.tokens ?? {}).map(({ pool }) => pool),
  ]);
}

function tokenSources({ tokens: wanted = {} }: SubgraphOptions, tokens: Tokens, pools: PreparedPools): TokenSources {
  return new Map(Object.entries(wanted).map(([key, one]) => [key, tokens.source(one, pools.get(one.pool.name))]));
}

/** @param plugins as they are when a version is made */
export function createVersionMaker(
  pools: Pools,
  ownBaseOf: OwnBaseOf = () => null,
  plugins: () => PluginLayers = () => NO_PLUGINS,
): VersionMaker {
  const users = new Map<Planner, number>();
  const held = new WeakMap<Version, PreparedPools>();
  const closing = new Set<Promise<void>>();
  /** Of all versions: a swap asks for none anew. */
  const tokens = new Tokens();

  async function plannerFor(supergraph: Supergraph, config: Config, previous: Version | null): Promise<Planner> {
    if (previous?.supergraph === supergraph) return previous.planner;
    return cachedPlanner(await createApolloPlanner(supergraph.sdl, config.planning), config.planning.cacheMax);
  }

  function use(planner: Planner): void {
    users.set(planner, (users.get(planner) ?? 0) + 1);
  }

  function leave(planner: Planner): void {
    const left = (users.get(planner) ?? 1) - 1;
    users.set(planner, left);
    if (left > 0) return;
    users.delete(planner);
    const closed = planner.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  return {
    async prepare({ sdl, instances, schemaHashes: hashes }, config, previous) {
      const same = previous?.supergraph.version === supergraphVersion(sdl) ? previous.supergraph : null;
      const supergraph = same ?? (await readSupergraph(sdl));
      const adapters = adaptersOf(supergraph);
      const all = reached(supergraph, adapters, instances, config);
      const subgraphs = all.map((one) => reachedSubgraph(one, ownBaseOf, hashes?.get(one.options.name)));
      for (const { message } of all.flatMap(hintsOf)) announce('config.notice', { message });
      const undo = new Undo();
      try {
        const planner = await plannerFor(supergraph, config, previous);
        use(planner);
        undo.add(() => leave(planner));
        const prepared = pools.prepare(poolsOf(subgraphs));
        undo.add(() => prepared.abandon());
        await prepared.settled(FIRST_ANSWER_MS);
        const createRestBase: CreateRestBase = (options, poolOf) => {
          const adapter = adapters.get(options.name);
          if (adapter === undefined) throw new Error(`subgraph ${options.name} has no connectors`);
          return restAdapters().restAdapter(options, poolOf, adapter);
        };
        const layers = plugins();
        const { demandControl } = config;
        const demand = demandControl === null ? () => [] : demandLayers(supergraph, demandControl);
        const fetches = createFetches(
          subgraphs,
          prepared,
          createRestBase,
          (options, base, own) => fetchStack(options, base, layers, demand(options.name), own),
          demandControl === null || demandControl.subgraphMax.size === 0
            ? layers.reads
            : [...layers.reads, REFUSED_READS],
          schemaTagsOf(supergraph),
          (options) => tokenSources(options, tokens, prepared),
        );
        const version: Version = { supergraph, planner, ...fetches };
        held.set(version, prepared);
        return {
          version,
          commit: () => prepared.commit(),
          abandon: () => undo.all(),
        };
      } catch (error) {
        undo.all();
        throw error;
      }
    },
    retire(version) {
      leave(version.planner);
      held.get(version)?.release();
    },
    async idle() {
      await Promise.all(closing);
    },
  };
}
