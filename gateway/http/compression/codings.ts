import * as zlib from 'node:zlib';
import { rememberHeader } from '../known-headers';
import { qualityValues } from '../quality-values';
import type { ContentCoding } from './options';

type Compress = (body: Buffer, onDone: (error: Error | null, compressed: Buffer) => void) => void;
/** What Node has from 22.15 on, and its types for 20 do not. */
type WithZstd = { readonly zstdCompress?: Compress };

const { brotliCompress, gzip, constants } = zlib;
const { zstdCompress } = zlib as WithZstd;

/** Levels that take about as long as sending would: the best ones take ten times that, for a tenth less. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 5;

/** By name; all of them work in threads of Node's, beside the event loop. */
export const COMPRESSORS: Readonly<Partial<Record<ContentCoding, Compress>>> = {
  br: (body, onDone) =>
    brotliCompress(
      body,
      {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
        },
      },
      onDone,
    ),
  gzip: (body, onDone) => gzip(body, { level: GZIP_LEVEL }, onDone),
  ...(zstdCompress !== undefined && { zstd: zstdCompress }),
};

/** Whether this Node can. */
export function isPossible(coding: ContentCoding): boolean {
  return COMPRESSORS[coding] !== undefined;
}

/** Chooses by an `accept-encoding` header: what it values most, and of those the one that is offered first. Null: as it is. */
export function chooser(offered: readonly ContentCoding[]): (header: string) => ContentCoding | null {
  return rememberHeader('codings', (header) => {
    const accepted = qualityValues(header);
    let best: ContentCoding | null = null;
    // Nobody has to ask for it; who values it more than a coding is given it.
    let bestValue = accepted.get('identity') ?? 0;
    for (const coding of offered) {
      const value = accepted.get(coding) ?? accepted.get('*') ?? 0;
      if (value === 0 || value < bestValue || (value === bestValue && best !== null)) continue;
      best = coding;
      bestValue = value;
    }
    return best;
  });
}
