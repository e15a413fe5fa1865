import type { IncomingHttpHeaders } from 'node:http';
import type { Cancellation } from '../cancellation';
import type { SubgraphCall } from '../events';
import type { Soon } from '../layers';
import type { RetryAllowance } from '../pool/pool';
import type { Holder } from '../under-way';

/** Sends one GraphQL operation to one subgraph: the one verb of this room. Its layers are those of `fetch`. */
export type Send = (request: SubgraphRequest) => Soon<SubgraphAnswer>;

export interface SubgraphRequest {
  /** GraphQL text as the plan has it. */
  readonly operation: string;
  readonly operationName: string | undefined;
  readonly operationKind: 'query' | 'mutation';
  /** A JSON object of the variables that the operation declares, `representations` among them for entity fetches. */
  readonly variables: string;
  readonly client: ClientCall;
}

/** A subgraph's answer after its form was checked; the values in `data` are still unchecked JSON. */
export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphError[];
  /** Length of the answer on the wire. */
  readonly bytes: number;
}

export interface SubgraphError {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

/** Context of one client request, for every fetch made on its behalf. */
export interface ClientCall extends Holder {
  /** Headers as the client sent them, lower-case names. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Values of the operation's variables, defaults filled in; absent before it is executed. */
  variables?: Readonly<Record<string, unknown>>;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
  /** Happens when the client goes away, or its deadline passes. */
  readonly cancellation: Cancellation;
  /** Every subgraph call appends one entry. */
  readonly calls: SubgraphCall[];
  /** Headers that header rules propagate from subgraph answers to the client's answer, lower-case names. */
  readonly responseHeaders: Map<string, string[]>;
  /** Further attempts that all its subgraph calls together may still make; counted down. */
  readonly retries: RetryAllowance;
}

/** Retries in the whole plan of one client operation: a query of twenty fetches must not become one of sixty. */
export const PLAN_RETRIES_MAX = 3;
