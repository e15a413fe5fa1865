import type { Socket } from 'node:net';
import type { Call } from '../call';
import type { Cancellation } from '../cancellation';
import type { Soon } from '../layers';
import type { StreamedBody } from './streamed-body';

/** One entry of a listener's table. Entries are tried in order; HEAD is answered by GET entries, OPTIONS by the listener. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments as they are; `:name` takes one segment, `*` at the end takes the rest (param `*`). */
  readonly path: string;
  /** When present and false, the entry is passed over and the next one that fits is taken. */
  readonly when?: (request: RouteRequest) => boolean;
  /** A thrown HeadgateError is answered as `{error: {code, message, details}}` with the status of its code. */
  readonly handle: (request: RouteRequest) => Soon<Answer>;
  /**
   * What the audit log calls it; absent, of entries that are not for GET: method and path. Null: it changes nothing, whatever its method.
   */
  readonly action?: string | null;
  /** It is called all the time: only what it changes is written into the audit log, and it is not refused without one. */
  readonly onlyChanges?: boolean;
  /**
   * Takes the connection of a WebSocket handshake, and answers the handshake itself. Of entries for GET. What it throws before it has
   * written anything is answered as by `handle`, and ends the connection; without it a handshake is a request like any other.
   */
  readonly upgrade?: (request: RouteRequest, handshake: Handshake) => Soon<void>;
}

/** The connection of a client that asks for another protocol. */
export interface Handshake {
  /** Counts as a connection until it is closed; nothing else ends it, except the end of the listener. */
  readonly socket: Socket;
  /** What the client has sent behind its handshake. */
  readonly head: Buffer;
  /** Happens when the listener begins to drain: the connection is cut when the time for that is over. */
  readonly closing: Cancellation;
}

/** A call that came over HTTP. */
export interface RouteRequest extends Call {
  readonly query: URLSearchParams;
  /** Percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /**
   * Body after content-encoding is undone. To be called once.
   * @throws {HeadgateError} REQUEST_TOO_LARGE, GATEWAY_OVERLOADED, UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, REQUEST_TIMEOUT, REQUEST_CANCELLED
   */
  readonly bytes: () => Promise<Buffer>;
  /** The same without a promise. `onError` is called in place of `onBody` with what {@link bytes} would throw. */
  readonly receive: (onBody: (body: Buffer) => void, onError: (error: unknown) => void) => void;
  /** The same as text; anything but valid utf-8 is refused. */
  readonly text: () => Promise<string>;
  /** The same as JSON. */
  readonly json: () => Promise<unknown>;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names; `content-length` and `date` are added. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** What goes over `headers`, for this client alone: the rest may be the answer to others as well. Lower-case names, each once. */
  readonly own?: readonly (readonly [name: string, value: string])[] | undefined;
  /** One that is made while it is sent is asked for a chunk when the client has read; it is ended when the client goes away. */
  readonly body?: string | Buffer | StreamedBody;
  /** Of a body that is made while it is sent: called when all of it was. HTTP/1.0 has none. */
  readonly trailers?: () => Readonly<Record<string, string>>;
}

/** An answer of `value` as JSON. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}
