import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/**
 * Codings that bodies can be decoded from, as a header. Uncompressed is preferred: between a gateway and its subgraphs the CPU costs more than
 * the bytes; a server that compresses anyway is understood.
 */
export const ACCEPT_ENCODING = 'identity, gzip;q=0.5, br;q=0.4, deflate;q=0.3';

type Decoder = (
  body: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, out: Buffer) => void,
) => void;

/** `deflate` is zlib by the standard and raw in the servers that got it wrong; the first byte tells. */
const inflateEither: Decoder = (body, options, done) => {
  const zlib = ((body[0] ?? 0) & 0x0f) === 8;
  (zlib ? inflate : inflateRaw)(body, options, done);
};

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['br', brotliDecompress],
  ['deflate', inflateEither],
]);

export type Decoded = { readonly body: Buffer } | { readonly tooLarge: true } | { readonly error: Error };

/** True when the body is already what it should be. */
export function isIdentity(encoding: string | readonly string[] | undefined): boolean {
  return encoding === undefined || encoding === '' || encoding === 'identity';
}

/**
 * Undoes one layer of content-encoding. The output is cut off at `bytesMax`, so a small body that would unfold into
 * gigabytes costs no more than that.
 */
export function decodeBody(
  body: Buffer,
  encoding: string | readonly string[] | undefined,
  bytesMax: number,
  done: (decoded: Decoded) => void,
): void {
  const decoder = typeof encoding === 'string' ? DECODERS.get(encoding.trim().toLowerCase()) : undefined;
  if (decoder === undefined) {
    done({ error: new Error(`content-encoding ${JSON.stringify(encoding)} is not one of ${[...DECODERS.keys()]}`) });
    return;
  }
  if (body.length === 0) {
    done({ body });
    return;
  }
  decoder(body, { maxOutputLength: bytesMax }, (error, output) => {
    if (error === null) done({ body: output });
    else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') done({ tooLarge: true });
    else done({ error });
  });
}
