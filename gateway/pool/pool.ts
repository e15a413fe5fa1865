import type { Cancellation } from '../cancellation';
import type { Tags } from '../tags';
import type { HeldBytes } from '../under-way';
import type { DiscoveryOptions } from './discovery/options';
import type { FailureReason } from './failure-reason';
import type { InstanceFilter } from './instance-filter';
import type { InstanceOptions, PoolOptions } from './options';

/** Instances of one subgraph or REST source, as all other rooms see them. */
export interface Pool {
  readonly name: string;
  /**
   * Sends a request to an instance, and to another one when the first fails and sending again is safe.
   * @throws {HeadgateError} SUBGRAPH_UNREACHABLE, SUBGRAPH_TIMEOUT, SUBGRAPH_OVERLOADED, SUBGRAPH_RESPONSE_TOO_LARGE,
   *   MUTATION_OUTCOME_UNKNOWN, REQUEST_CANCELLED; `details` = {@link AttemptSummary}
   */
  request(request: PoolRequest): Promise<PoolAnswer>;
  /**
   * As {@link request}, for an answer that is read as it comes. Resolves with its head; what goes wrong afterwards, the body
   * throws.
   * @throws {HeadgateError} as `request`
   */
  stream(request: StreamRequest): Promise<PoolStream>;
  /** Sends a copy of a request to an instance with certain tags, as long as there is room for copies. What becomes of it is announced. */
  mirror(request: MirrorRequest): void;
  /** The instances as they are now. Changes nothing. */
  instances(): readonly InstanceView[];
  /** One of them, in constant time; null when the pool has none at this URL. */
  instance(url: string): InstanceView | null;
  /** An operator's override. @returns the instance afterwards, or null when the pool has no such instance */
  override(instanceId: string, override: Override): InstanceView | null;
  /** The last choices, oldest first, bounded. */
  explain(): readonly Choice[];
  /** The instances as whoever discovers them knows them; otherwise as {@link update}. */
  setEndpoints(endpoints: readonly InstanceOptions[]): void;
  /** Hot reload: instances are told apart by URL; those gone drain, new ones join, the rest keep their health. */
  update(options: PoolOptions): void;
  /**
   * Makes what the update needs, and changes nothing yet.
   * @throws {Error} what an instance or its connections cannot be made with
   */
  prepare(options: PoolOptions): PreparedUpdate;
  /**
   * Stops checks, lets what is in flight finish for at most `graceMs`, closes every socket. A further call can shorten that
   * time.
   */
  close(graceMs: number): Promise<void>;
}

/** An update of a pool that can no longer fail. Either of the two is called, once. */
export interface PreparedUpdate {
  /** @param options the newest there are, when the instances found have changed since */
  commit(options: PoolOptions): void;
  abandon(): void;
}

export interface PoolRequest {
  /** Of the request of a client that it is made for, the first of several; empty or absent: there is none. */
  readonly id?: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, appended to the path of the instance's URL; empty for GraphQL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  /** True when sending the same request twice does no harm (a query, an idempotent method). */
  readonly repeatable: boolean;
  /** True, of one that is not repeatable: its receiver carries it out once however often it gets it, so it may be sent again when an attempt has failed. */
  readonly repeatableAfter?: boolean;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
  /** Milliseconds for one attempt. */
  readonly attemptTimeoutMs: number;
  readonly cancellation: Cancellation | null;
  readonly responseBytesMax: number;
  /** Whether an answer can be what was asked for: one that cannot is the instance's failure. Absent: every one can. */
  readonly understands?: (status: number, body: Buffer) => boolean;
  /** Further attempts that all requests of one client operation may still make; counted down. */
  readonly retries?: RetryAllowance;
  /** What the policy `hash` looks at: equal keys go to the same instance. Null or absent: there is none. */
  readonly hashKey?: string | null;
  /** Which instances it may go to, further attempts included; null or absent: to any. */
  readonly only?: InstanceFilter | null;
}

/** A request whose answer is read as it comes. Deadline and timeout are those of the head of the answer. */
export interface StreamRequest extends Omit<PoolRequest, 'responseBytesMax' | 'understands'> {
  /** Milliseconds without a byte, while somebody reads, after which the stream has failed. */
  readonly silenceMs: number;
}

/** A copy of a request that others answer. */
export interface MirrorRequest extends Pick<PoolRequest, 'method' | 'path' | 'headers' | 'body'> {
  readonly tags: Tags;
  /** Milliseconds until it is given up. */
  readonly timeoutMs: number;
}

/** An answer whose body comes as it is read. It takes one connection until it has ended. */
export interface PoolStream {
  /** `host:port`. */
  readonly instance: string;
  readonly attempts: number;
  readonly status: number;
  /** Lower-case names; repeated headers as arrays. */
  readonly headers: PoolAnswer['headers'];
  /**
   * For one reader: while it does not ask, nothing more is received. Leaving the loop ends the stream. The last to come is an
   * error when the answer is not complete.
   * @throws {HeadgateError} SUBGRAPH_UNREACHABLE, SUBGRAPH_TIMEOUT, SUBGRAPH_RESPONSE_INVALID, REQUEST_CANCELLED
   */
  readonly body: AsyncIterable<Buffer>;
  /** Ends it; its reader learns so. */
  cancel(): void;
}

/** Shared by every request made on behalf of one client operation. */
interface RetryAllowance {
  left: number;
}

export interface AttemptSummary {
  /** `host:port` of the last instance tried; null when there was none. */
  readonly instance: string | null;
  readonly attempts: number;
  readonly status: number | null;
  /** How the last attempt failed, `refused (ECONNREFUSED)`; null or absent when there was none, or it did not. */
  readonly error?: string | null;
}

export interface PoolAnswer extends AttemptSummary {
  readonly status: number;
  /** Lower-case names; repeated headers as arrays. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** After content-encoding is undone. */
  readonly body: Buffer;
  /** Null for a small one. Whoever gets the answer lets go of it. */
  readonly held: HeldBytes | null;
}

export interface InstanceView {
  /** `host:port`. */
  readonly id: string;
  readonly url: string;
  readonly state: 'joining' | 'healthy' | 'degraded' | 'probation' | 'ejected' | 'draining' | 'removed';
  readonly reason: string;
  /** As configured, or as an operator wants it. */
  readonly weight: number;
  readonly tier: 'primary' | 'backup';
  readonly zone: string | null;
  /** Absent when it has none. */
  readonly tags?: Tags;
  readonly inFlight: number;
  /** What the weight counts for now: times the adaptive factor, times the share that slow start allows. */
  readonly effectiveWeight?: number;
  /** Factor of the slow loop on the weight; 1 when it leaves the weight alone. */
  readonly adaptiveWeight?: number;
  /** Why the factor is what it is. */
  readonly adaptiveReason?: string;
  /** How busy the instance says it is, 1 is fully; null when it does not say. */
  readonly utilization?: number | null;
  /** Decayed peak of the latency; null before the first answer. */
  readonly ewmaMs?: number | null;
  /** Milliseconds since the epoch; null when the instance is not ejected, or not for a time that is known. */
  readonly ejectedUntil?: number | null;
  /** Failed requests in a row. */
  readonly consecutiveFailures?: number;
  /** Null before the first. */
  readonly lastCheck?: CheckView | null;
  /** What an operator wants of the instance; empty when nothing. */
  readonly overrides?: readonly OverrideView[];
}

/** Result of the last health check of an instance. */
export interface CheckView {
  readonly passed: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly detail: string;
  /** Why it failed, as one of few words; null when it passed. */
  readonly reason?: FailureReason | null;
}

export interface OverrideView {
  readonly action: Exclude<Override['action'], 'resume'>;
  /** Of action `weight` only. */
  readonly weight: number | null;
  readonly reason: string;
  readonly actor: string;
  /** Milliseconds since the epoch; null: until it is resumed. */
  readonly until: number | null;
}

/** State of a pool's discovery, for operators. */
export interface DiscoveryView {
  readonly source: DiscoveryOptions['source']['kind'];
  readonly endpoints: number;
  /** Since the last answer; null before the first. */
  readonly ageMs: number | null;
  /** Why the source does not answer; null while it does. */
  readonly failure: string | null;
}

/** A pool as operators see it. */
export interface PoolView {
  readonly name: string;
  readonly policy: PoolOptions['policy'];
  readonly instances: readonly InstanceView[];
  /** Null when all instances are listed in the configuration. */
  readonly discovery?: DiscoveryView | null;
}

/** Administrative override of one instance, until `ttlMs` is over (null: until it is resumed). */
export type Override = {
  readonly ttlMs: number | null;
  readonly reason: string;
  readonly actor: string;
} & (
  | { readonly action: 'drain' | 'maintenance' | 'eject' | 'force-up' | 'resume' }
  | { readonly action: 'weight'; readonly weight: number }
);

/** Explanation of one choice. Costs are in the policy's own unit; null where it computes none. */
export interface Choice {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly chosen: string;
  readonly cost: number | null;
  readonly other: string | null;
  readonly otherCost: number | null;
  readonly reason: string;
}
