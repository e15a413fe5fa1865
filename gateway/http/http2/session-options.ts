import type { ServerOptions } from 'node:http2';
import { HEADERS_MAX } from '../framing';

/** Requests of one connection that are in progress at once; the client is told so, and refused beyond it. */
const STREAMS_MAX = 100;
/** Names, values, and 32 bytes for each header, as RFC 9113 counts them. */
const HEADER_LIST_BYTES_MAX = 16_384;
/** Those that begin with a colon. */
const PSEUDO_HEADERS = 4;
/** Frames that are none, and streams that may not be: of one connection, in all its time. */
const INVALID_MAX = 100;

/**
 * What Node's implementation bounds of one connection. Beside these, without an option: frames of more than 16 kB, eight
 * continuations of one head, settings of more than 32 entries, a thousand acknowledgements that the client does not read.
 */
export const SESSION_OPTIONS: ServerOptions = {
  settings: { maxConcurrentStreams: STREAMS_MAX, maxHeaderListSize: HEADER_LIST_BYTES_MAX },
  maxHeaderListPairs: HEADERS_MAX + PSEUDO_HEADERS,
  /** Megabytes of heads, of answers that the client does not read, and of what is kept about streams: beyond it, no more begin. */
  maxSessionMemory: 10,
  maxSessionInvalidFrames: INVALID_MAX,
  maxSessionRejectedStreams: INVALID_MAX,
};
