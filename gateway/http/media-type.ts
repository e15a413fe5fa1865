import { rememberHeader } from './known-headers';

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string;
  /** In lower case; null when none is given. */
  readonly charset: string | null;
}

const ESSENCE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;
const CHARSET = /^charset="?([^"]*)"?$/;

const parse = rememberHeader('content types', (header): MediaType | null => {
  const [first = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (!ESSENCE.test(first)) return null;
  const charset = parameters.map((parameter) => CHARSET.exec(parameter)?.[1]).find((found) => found !== undefined);
  return { essence: first, charset: charset ?? null };
});

/** Reads a content-type header. @returns null when the header is absent or malformed */
export function parseMediaType(header: string | undefined): MediaType | null {
  return header === undefined ? null : parse(header);
}
