import { KeptMap, textBytes } from '../kept';

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string;
  /** In lower case; null when none is given. */
  readonly charset: string | null;
}

const ESSENCE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;
const CHARSET = /^charset="?([^"]*)"?$/;

/** Clients send the same few again and again. */
const KNOWN_CHARACTERS_MAX = 200;
const known = new KeptMap<string, { readonly type: MediaType | null }>({
  name: 'content types',
  weigh: (_, header) => 3 * textBytes(header),
});

/** Reads a content-type header. @returns null when the header is absent or malformed */
export function parseMediaType(header: string | undefined): MediaType | null {
  if (header === undefined) return null;
  const found = known.get(header);
  if (found !== undefined) return found.type;
  const type = parse(header);
  if (header.length <= KNOWN_CHARACTERS_MAX) known.set(header, { type });
  return type;
}

function parse(header: string): MediaType | null {
  const [first = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (!ESSENCE.test(first)) return null;
  const charset = parameters.map((parameter) => CHARSET.exec(parameter)?.[1]).find((found) => found !== undefined);
  return { essence: first, charset: charset ?? null };
}
