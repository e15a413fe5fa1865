import type { Holder } from '../under-way';
import type { CacheInfo } from './cache-info';
import type { AnswerHeaders } from './headers';

/** How a call over the wire ended: for log, metrics and layers. Nothing of it is for clients. */
export interface CallReport {
  /** `host:port` of the instance that answered last; null when none did, or nobody knows. */
  readonly instance: string | null;
  readonly attempts: number;
  /** Of HTTP; null when there was no answer, or it came by other means. */
  readonly status: number | null;
  readonly headers: AnswerHeaders;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** A code of errors.ts for an answer that is a failure, whatever is made of it; null for others. */
  readonly errorCode: string | null;
  /** How it failed, `status-5xx (502)`; null when it did not, or there is no more to say. */
  readonly error: string | null;
}

/** What a subgraph answered to one fetch. */
export interface FetchAnswer extends CallReport {
  /**
   * The very same object when a subgraph answers the very same again: the executor compares by identity. What may differ
   * between equal bodies (headers, and what they say) is beside it.
   */
  readonly content: FetchContent;
  /** What the answer says of being kept; null when it says nothing. */
  readonly cache: CacheInfo | null;
  /** Keeps its bytes for somebody else who gets it, too. */
  holdFor(holder: Holder): void;
}

/** A GraphQL response after its form was checked; the values in `data` are still unchecked JSON. Never written into. */
export interface FetchContent {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly SubgraphError[];
  /** For layers; clients never get them. */
  readonly extensions: Readonly<Record<string, unknown>> | null;
  /** Length of the answer on the wire. */
  readonly bytes: number;
}

export interface SubgraphError {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}
