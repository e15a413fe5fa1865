import { HeadgateError } from '../errors';
import type { Reads } from '../flight';
import { textsIn } from '../json/texts-in';
import type { Pool } from '../pool/pool';
import type { FetchBase, FetchStep } from './fetch';
import { graphqlOverPool } from './graphql';
import { type ErrorMask, GRAPHQL_POOL, type SubgraphOptions } from './options';
import type { PreparedPools } from './pools';
import { allReads } from './reads';
import { type MaskedErrors, Redaction } from './redaction';
import type { TokenSources } from './shown-tokens';

/** Makes the base of one REST subgraph; `poolOf` gives the pool of one of its sources. */
export type CreateRestBase = (options: SubgraphOptions, poolOf: (source: string) => Pool) => FetchBase;

/** The verb of every subgraph, by its name, and what it may read of a client's request. */
export interface Fetches {
  readonly fetches: ReadonlyMap<string, FetchStep>;
  readonly reads: ReadonlyMap<string, Reads>;
  /** Of those subgraphs whose errors clients do not see as they are. */
  readonly errorMasks: ReadonlyMap<string, MaskedErrors>;
}

/** A subgraph, and what it is reached by when that is neither a pool nor a REST adapter. */
export interface ReachedSubgraph {
  readonly options: SubgraphOptions;
  readonly base: FetchBase | null;
}

/**
 * Makes the verbs of all subgraphs. `pools` must hold the pools that the subgraphs without a base of their own name.
 * @param pluginReads what plugins read in flights
 * @param tags of the supergraph: names of what has each
 * @param tokensOf where a subgraph gets the tokens that it is shown
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work, INTERNAL for a pool that is missing
 */
export function createFetches(
  subgraphs: Iterable<ReachedSubgraph>,
  pools: Pick<PreparedPools, 'get'>,
  createRestBase: CreateRestBase,
  fetchStack: (options: SubgraphOptions, base: FetchBase, tokens: TokenSources) => FetchStep,
  pluginReads: readonly Reads[],
  tags: ReadonlyMap<string, ReadonlySet<string>>,
  tokensOf: (options: SubgraphOptions) => TokenSources,
): Fetches {
  const fetches = new Map<string, FetchStep>();
  const reads = new Map<string, Reads>();
  const errorMasks = new Map<string, MaskedErrors>();
  for (const { options, base: own } of subgraphs) {
    const poolOf = (source: string) => pools.get(poolName(options, source));
    const base = own ?? (options.kind === 'rest' ? createRestBase(options, poolOf) : overPool(options, poolOf));
    const tokens = tokensOf(options);
    fetches.set(options.name, fetchStack(options, base, tokens));
    reads.set(options.name, allReads([base.reads, ...pluginReads]));
    if (options.errorMask !== undefined)
      errorMasks.set(options.name, maskedErrors(options, options.errorMask, tags, tokens));
  }
  return { fetches, reads, errorMasks };
}

/** Values that the configuration has sent to the subgraph are secrets, too. */
function maskedErrors(
  { requestHeaders, env = {}, sources = {} }: SubgraphOptions,
  { allowExtensions, redact }: ErrorMask,
  tags: ReadonlyMap<string, ReadonlySet<string>>,
  tokens: TokenSources,
): MaskedErrors {
  if (redact === undefined) return { allowExtensions };
  const inserted = requestHeaders.flatMap((rule) => (rule.kind === 'insert' ? (rule.value ?? []) : []));
  const variables = Object.values(env).flatMap((names) => names.map((name) => process.env[name] ?? ''));
  const configured = Object.values(sources).flatMap(({ config = {} }) => [...textsIn(config)]);
  const parts = inserted.flatMap((value) => value.split(/\s+/));
  const secrets = [...inserted, ...parts, ...variables, ...configured];
  return {
    allowExtensions,
    redaction: new Redaction(redact, secrets, tags, (headers) =>
      [...tokens.values()].map((source) => source.shown(headers)),
    ),
  };
}

function overPool(options: SubgraphOptions, poolOf: (source: string) => Pool): FetchBase {
  return graphqlOverPool(options, poolOf(GRAPHQL_POOL));
}

function poolName(options: SubgraphOptions, source: string): string {
  const pool = options.pools[source];
  if (pool === undefined) throw new HeadgateError('INTERNAL', `subgraph ${options.name} has no pool for ${source}`);
  return pool.name;
}
