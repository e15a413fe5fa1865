import type { PoolOptions } from '../pool/options';

/** One subgraph: how to reach it. Times in milliseconds. */
export interface SubgraphOptions {
  readonly name: string;
  readonly kind: 'graphql' | 'rest';
  /** Deadline of one call, retries included. */
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  /** Equal queries in flight share one call. */
  readonly deduplicate: boolean;
  readonly responseDepthMax: number;
  readonly requestHeaders: readonly HeaderRule[];
  readonly responseHeaders: readonly ResponseHeaderRule[];
  /** Of a REST subgraph: the environment variables that requests to each source may carry, by source name. Absent: none. */
  readonly env?: Readonly<Record<string, readonly string[]>>;
  /** One pool for a GraphQL subgraph; one for each source of a REST subgraph, keyed by source name. */
  readonly pools: Readonly<Record<string, PoolOptions>>;
}

/** Key of {@link SubgraphOptions.pools} for a GraphQL subgraph. */
export const GRAPHQL_POOL = 'graphql';

export type HeaderRule =
  | {
      readonly kind: 'propagate';
      readonly named: string;
      readonly rename: string | null;
      readonly default: string | null;
    }
  | { readonly kind: 'propagate-matching'; readonly matching: RegExp }
  | { readonly kind: 'insert'; readonly name: string; readonly value: string }
  | { readonly kind: 'remove'; readonly named: string }
  | { readonly kind: 'remove-matching'; readonly matching: RegExp };

export interface ResponseHeaderRule {
  readonly named: string;
  readonly algorithm: 'append' | 'first' | 'last';
}
