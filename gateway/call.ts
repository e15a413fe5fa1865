import type { IncomingHttpHeaders } from 'node:http';
import { type Cancellation, CancellationSource } from './cancellation';
import type { HeadgateError } from './errors';
import { type CallView, Facts } from './facts';
import type { Flight } from './flight';

/** An operation as it is told of. */
export interface OperationHead {
  readonly name: string | null;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** SHA-256 of its document as it was sent, in hex; not known before it is prepared. */
  readonly hash?: string;
}

/**
 * One client's request, from the moment it is received until it is answered. Whoever receives it makes it: the HTTP server, or
 * a host that embeds us. What works for several calls at once sees none of them, but a {@link Flight}.
 */
export interface Call extends CallView {
  /** The name of the request in answer and log; empty where requests have none. */
  readonly id: string;
  /** As the client sent them, lower-case names. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Happens when the client goes away, or its time is over. */
  readonly gone: Cancellation;
  readonly facts: Facts;
  /** Null before it is known which one is asked for. */
  operation: OperationHead | null;
  /** The work that it waits for, or has waited for; null before. */
  flight: Flight | null;
  /** Ends whatever works for this call alone. */
  abort(reason: HeadgateError): void;
}

type Target = Pick<Call, 'method' | 'path' | 'search'>;

/** A call that was received by other means than our own HTTP server. */
export class ReceivedCall implements Call {
  readonly id = '';
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: Call['headers'];
  readonly remoteAddress: string | undefined;
  readonly startedAt = performance.now();
  readonly gone = new CancellationSource();
  readonly facts = new Facts(this);
  operation: OperationHead | null = null;
  flight: Flight | null = null;

  /** @param target what was asked of whoever received it, as far as he tells */
  constructor(headers: Call['headers'], remoteAddress?: string, target: Partial<Target> = {}) {
    this.headers = headers;
    this.remoteAddress = remoteAddress;
    this.method = target.method ?? 'POST';
    this.path = target.path ?? '';
    this.search = target.search ?? '';
  }

  abort(reason: HeadgateError): void {
    this.gone.cancel(reason);
  }
}
