import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Cancellation } from '../cancellation';
import { HeadgateError } from '../errors';
import type { BodyShare } from './body-budget';
import { parseMediaType } from './media-type';
import { ArrivingBody, BODY_SILENCE_MS } from './silent-bodies';

type Decompress = typeof gunzip;

const DECOMPRESSORS: ReadonlyMap<string, Decompress | null> = new Map<string, Decompress | null>([
  ['', null],
  ['identity', null],
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotliDecompress],
]);

function tooLarge(bytesMax: number): HeadgateError {
  return new HeadgateError('REQUEST_TOO_LARGE', `the request body is larger than ${bytesMax} bytes`, {
    details: { bytesMax },
  });
}

function tooSlow(): HeadgateError {
  const seconds = BODY_SILENCE_MS / 1_000;
  return new HeadgateError('REQUEST_TIMEOUT', `nothing of the request body arrived for ${seconds} seconds`);
}

function overloaded(): HeadgateError {
  return new HeadgateError('GATEWAY_OVERLOADED', 'too many large requests are on their way; try again shortly');
}

/** However few bytes it holds, a chunk takes some hundred bytes: a client that sends single ones could fill the memory. */
const CHUNKS_MAX = 256;

/** Gathers the bytes as sent. The rest of a body that is refused is left to the caller to throw away. */
function collect(
  request: Readable,
  place: BodyShare,
  gone: Cancellation,
  resolve: (body: Buffer) => void,
  reject: (error: unknown) => void,
): void {
  const parts: Buffer[] = [];
  let chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    arriving.bytes = bytes;
    if (bytes > place.bytesMax) return settle(() => reject(tooLarge(place.bytesMax)));
    if (!place.grow(bytes)) return settle(() => reject(overloaded()));
    chunks.push(chunk);
    if (chunks.length < CHUNKS_MAX) return;
    parts.push(Buffer.concat(chunks));
    chunks = [];
  };
  const onEnd = () => {
    leave();
    resolve(bytes === chunks[0]?.length ? chunks[0] : Buffer.concat([...parts, ...chunks], bytes));
  };
  const leave = () => {
    place.arriving.remove(arriving);
    stopListening?.();
  };
  const settle = (finish: () => void) => {
    request.off('data', onData).off('end', onEnd);
    leave();
    finish();
  };
  if (gone.reason !== null) {
    reject(gone.reason);
    return;
  }
  const arriving = new ArrivingBody(() => settle(() => reject(tooSlow())));
  place.arriving.add(arriving);
  request.on('data', onData).on('end', onEnd);
  const stopListening = gone.onCancel(() => settle(() => reject(gone.reason)));
}

/** Bodies that are decompressed at once: until it is complete, each takes twice its size. */
const DECOMPRESSED_AT_ONCE_MAX = 8;
let decompressing = 0;
const waiting: (() => void)[] = [];

/** @param body as it was sent */
async function decompressed(
  body: Buffer,
  decompress: Decompress,
  encoding: string,
  place: BodyShare,
  gone: Cancellation,
): Promise<Buffer> {
  if (decompressing >= DECOMPRESSED_AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  else decompressing += 1;
  try {
    if (gone.reason !== null) throw gone.reason;
    return await decompressNow(body, decompress, encoding, place);
  } finally {
    // Whoever waits for longest takes over.
    const next = waiting.shift();
    if (next === undefined) decompressing -= 1;
    else next();
  }
}

function decompressNow(body: Buffer, decompress: Decompress, encoding: string, place: BodyShare): Promise<Buffer> {
  const { bytesMax } = place;
  return new Promise((resolve, reject) => {
    decompress(body, { maxOutputLength: bytesMax }, (error, result) => {
      if (error === null) return place.grow(result.length) ? resolve(result) : reject(overloaded());
      // Node's own code for an output beyond maxOutputLength.
      if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return reject(tooLarge(bytesMax));
      reject(
        new HeadgateError('BAD_REQUEST', `the request body is not complete, valid ${encoding} data`, { cause: error }),
      );
    });
  });
}

/**
 * Reads a request body and undoes its content-encoding, exactly one layer. Without a promise: every query has one.
 * @param place limits it before and after decompression; to be released once the body is not needed any more
 * @param gone gives up reading; its reason is the error
 * @param onError called with a HeadgateError in place of `onBody`: UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, REQUEST_TIMEOUT,
 *   GATEWAY_OVERLOADED, BAD_REQUEST, or the reason of `gone`
 */
export function receiveBody(
  request: Readable,
  headers: IncomingHttpHeaders,
  place: BodyShare,
  gone: Cancellation,
  onBody: (body: Buffer) => void,
  onError: (error: unknown) => void,
): void {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  const decompress = DECOMPRESSORS.get(encoding);
  if (decompress === undefined) {
    const message = `content-encoding "${encoding}" is not supported; send one of gzip, deflate, br, or none`;
    onError(new HeadgateError('UNSUPPORTED_MEDIA_TYPE', message));
    return;
  }
  if (Number(headers['content-length'] ?? 0) > place.bytesMax) {
    onError(tooLarge(place.bytesMax));
    return;
  }
  const onBytes = (bytes: Buffer) => {
    if (decompress === null) onBody(bytes);
    else decompressed(bytes, decompress, encoding, place, gone).then(onBody, onError);
  };
  collect(request, place, gone, onBytes, onError);
}

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Text of a body whose content-type names utf-8 or no charset.
 * @throws {HeadgateError} UNSUPPORTED_MEDIA_TYPE for another charset, BAD_REQUEST for bytes that are not utf-8
 */
export function decodeText(body: Buffer, contentType: string | undefined): string {
  const charset = parseMediaType(contentType)?.charset ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') {
    throw new HeadgateError('UNSUPPORTED_MEDIA_TYPE', `charset "${charset}" is not supported; send utf-8`);
  }
  if (!isUtf8(body)) throw new HeadgateError('BAD_REQUEST', 'the request body is not valid utf-8');
  const text = body.toString('utf8');
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

/** @throws {HeadgateError} BAD_REQUEST */
export function readJson(text: string, what: string, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : String(cause);
    throw new HeadgateError('BAD_REQUEST', `${what} is not valid JSON: ${reason}`, { cause });
  }
}
