import type { PoolOptions } from './options';

/** What the rest of the house sees of a pool. */
export interface Pool {
  readonly name: string;
  /**
   * Sends a request to an instance, and to another one when the first fails and sending again is safe.
   * @throws {HeadgateError} SUBGRAPH_UNREACHABLE, SUBGRAPH_TIMEOUT, SUBGRAPH_OVERLOADED, SUBGRAPH_RESPONSE_TOO_LARGE,
   *   MUTATION_OUTCOME_UNKNOWN, REQUEST_CANCELLED; `details` = {@link AttemptSummary}
   */
  request(request: PoolRequest): Promise<PoolAnswer>;
  instances(): readonly InstanceView[];
  /** Hot reload: instances are told apart by URL; those gone drain, new ones join, the rest keep their health. */
  update(options: PoolOptions): void;
  /** Stops checks, lets what is in flight finish for at most `graceMs`, closes every socket. */
  close(graceMs: number): Promise<void>;
}

export interface PoolRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, appended to the path of the instance's URL; empty for GraphQL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  /** True when sending the same request twice does no harm (a query, an idempotent method). */
  readonly repeatable: boolean;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
  /** Milliseconds for one attempt. */
  readonly attemptTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly responseBytesMax: number;
}

export interface AttemptSummary {
  /** `host:port` of the last instance tried; null when there was none. */
  readonly instance: string | null;
  readonly attempts: number;
  readonly status: number | null;
}

export interface PoolAnswer extends AttemptSummary {
  readonly status: number;
  /** Lower-case names; repeated headers as arrays. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** After content-encoding is undone. */
  readonly body: Buffer;
}

export interface InstanceView {
  /** `host:port`. */
  readonly id: string;
  readonly url: string;
  readonly state: 'joining' | 'healthy' | 'degraded' | 'probation' | 'ejected' | 'draining' | 'removed';
  readonly reason: string;
  readonly weight: number;
  readonly tier: 'primary' | 'backup';
  readonly zone: string | null;
  readonly inFlight: number;
}

/** A pool as operators see it. */
export interface PoolView {
  readonly name: string;
  readonly policy: PoolOptions['policy'];
  readonly instances: readonly InstanceView[];
}
