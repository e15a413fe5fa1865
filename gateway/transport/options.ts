import type { TokenOptions } from '../credentials/options';
import type { Fact } from '../facts';
import type { PoolOptions } from '../pool/options';
import type { Tags } from '../tags';
import type { RedactOptions } from './redaction';

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
  /** What it is told of whoever asks; absent: nothing. */
  readonly claims?: readonly ClaimHeader[];
  /** Tokens that calls show, by the key of their pool; absent: none. */
  readonly tokens?: Readonly<Record<string, TokenOptions>>;
  /** Absent: clients see the errors of the subgraph as they are, but for stack traces. */
  readonly errorMask?: ErrorMask;
  /** Of a REST subgraph: the environment variables that requests to each source may carry, by source name. Absent: none. */
  readonly env?: Readonly<Record<string, readonly string[]>>;
  /** Of a REST subgraph: what is said of each source beside its pool, by source name. Absent: nothing is. */
  readonly sources?: Readonly<Record<string, SourceOptions>>;
  /** Which instances its fetches may use, in order; absent: any. */
  readonly routing?: readonly RoutingRule[];
  /** Which instances get copies of its fetches; absent: none. */
  readonly mirrors?: readonly MirrorRule[];
  /** One pool for a GraphQL subgraph; one for each source of a REST subgraph, keyed by source name. */
  readonly pools: Readonly<Record<string, PoolOptions>>;
}

/** Where answers are kept as HTTP allows it. */
export interface HttpCacheOptions {
  readonly maxBytes: number;
  /** Lower-case names of what else tells requests apart, beside their URL and what answers vary by. None: every header that is sent. */
  readonly keyHeaders: readonly string[];
}

/** One source of a REST subgraph. */
export interface SourceOptions {
  /** What requests to it may carry as `$config`; JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What of it mappings of its answers see. */
  readonly shownConfig?: Readonly<Record<string, unknown>>;
  /** Deadline of one request, retries included. Absent, as the next two: as of the subgraph. */
  readonly timeoutMs?: number;
  readonly responseBytesMax?: number;
  readonly responseDepthMax?: number;
  /** What mappings read as `$context`: CEL, by name. */
  readonly context?: Readonly<Record<string, string>>;
  /** Absent: no answer is kept. */
  readonly cache?: HttpCacheOptions;
  /** POST requests of fields that are no mutations change nothing. */
  readonly safePosts?: boolean;
  /** Lower-case name of the header that carries a key for each POST and PATCH; absent: they have none. */
  readonly idempotencyHeader?: string;
}

/** A header that says a claim of whoever asks, and nothing else. */
export interface ClaimHeader {
  /** Lower-case name. */
  readonly header: string;
  readonly fact: Fact<unknown>;
}

/** What clients see of the errors of a subgraph: that there is one, at which path, and nothing of its message. */
export interface ErrorMask {
  /** Names of the extensions that they see. */
  readonly allowExtensions: readonly string[];
  /** Of what the log gets in their place. Absent: nothing is taken out. */
  readonly redact?: RedactOptions;
}

/** Says which instances get copies of the fetches of some requests. The first that matches decides. */
export interface MirrorRule {
  /** As configured, or its place: `routing[0]`. */
  readonly name: string;
  /** A condition on the request, CEL; null: every request. */
  readonly when: string | null;
  /** Share in [0, 100] of the requests that it takes; null: all. */
  readonly percent: number | null;
  /** What the share is drawn by, CEL: the same values always get the same. Null: by chance. */
  readonly sticky: string | null;
  readonly tags: Tags;
}

/** Says which instances the fetches of some requests go to. The first that matches decides. */
export interface RoutingRule extends MirrorRule {
  /** Whether all instances are asked while none of those is well. */
  readonly fallback: boolean;
}

/** Key of {@link SubgraphOptions.pools} for a GraphQL subgraph. */
export const GRAPHQL_POOL = 'graphql';

interface Conditional {
  /** A condition, CEL; absent: always. */
  readonly when?: string;
}

export type HeaderRule = Conditional &
  (
    | {
        readonly kind: 'propagate';
        readonly named: string;
        readonly rename: string | null;
        readonly default: string | null;
      }
    | { readonly kind: 'propagate-matching'; readonly matching: RegExp }
    | ({ readonly kind: 'insert'; readonly name: string } & InsertedValue)
    | { readonly kind: 'remove'; readonly named: string }
    | { readonly kind: 'remove-matching'; readonly matching: RegExp }
  );

/** One of the two. */
interface InsertedValue {
  readonly value?: string;
  /** CEL; without a value there is no such header. */
  readonly expression?: string;
}

export type ResponseHeaderRule = Conditional & {
  readonly algorithm: 'append' | 'first' | 'last';
} & ({ readonly named: string } | ({ readonly insert: string } & InsertedValue));
