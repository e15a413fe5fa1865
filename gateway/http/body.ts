import type { IncomingMessage } from 'node:http';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Cancellation } from '../cancellation';
import { HeadgateError } from '../errors';
import { parseMediaType } from './media-type';

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

/** Gathers the bytes as sent. The rest of a body that is too large is left to the caller to throw away. */
function collect(request: IncomingMessage, bytesMax: number, gone: Cancellation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) return settle(() => reject(tooLarge(bytesMax)));
      chunks.push(chunk);
    };
    const onEnd = () =>
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)));
    const settle = (finish: () => void) => {
      request.off('data', onData).off('end', onEnd);
      stopListening?.();
      finish();
    };
    if (gone.reason !== null) return reject(gone.reason);
    request.on('data', onData).on('end', onEnd);
    const stopListening = gone.onCancel(() => settle(() => reject(gone.reason)));
  });
}

function decompressed(body: Buffer, decompress: Decompress, encoding: string, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decompress(body, { maxOutputLength: bytesMax }, (error, result) => {
      if (error === null) return resolve(result);
      // Node's own code for an output beyond maxOutputLength.
      if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return reject(tooLarge(bytesMax));
      reject(
        new HeadgateError('BAD_REQUEST', `the request body is not complete, valid ${encoding} data`, { cause: error }),
      );
    });
  });
}

/**
 * Reads a request body and undoes its content-encoding, exactly one layer.
 * @param bytesMax limit before and after decompression
 * @param gone gives up reading; its reason is thrown
 * @throws {HeadgateError} UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, BAD_REQUEST, or the reason of `gone`
 */
export async function readBody(request: IncomingMessage, bytesMax: number, gone: Cancellation): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  const decompress = DECOMPRESSORS.get(encoding);
  if (decompress === undefined) {
    const message = `content-encoding "${encoding}" is not supported; send one of gzip, deflate, br, or none`;
    throw new HeadgateError('UNSUPPORTED_MEDIA_TYPE', message);
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const body = await collect(request, bytesMax, gone);
  return decompress === null ? body : decompressed(body, decompress, encoding, bytesMax);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Text of a body whose content-type names utf-8 or no charset.
 * @throws {HeadgateError} UNSUPPORTED_MEDIA_TYPE for another charset, BAD_REQUEST for bytes that are not utf-8
 */
export function decodeText(body: Buffer, contentType: string | undefined): string {
  const charset = parseMediaType(contentType)?.charset ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') {
    throw new HeadgateError('UNSUPPORTED_MEDIA_TYPE', `charset "${charset}" is not supported; send utf-8`);
  }
  try {
    return utf8.decode(body);
  } catch {
    throw new HeadgateError('BAD_REQUEST', 'the request body is not valid utf-8');
  }
}

/** @throws {HeadgateError} BAD_REQUEST */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : String(cause);
    throw new HeadgateError('BAD_REQUEST', `${what} is not valid JSON: ${reason}`, { cause });
  }
}
