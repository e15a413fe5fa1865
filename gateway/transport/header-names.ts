/** About one connection, not about the request: never forwarded (RFC 9110, section 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** About the bytes of one message: each message has its own. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible characters of Latin-1, space and tab: no CR, LF, NUL or other control character. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @param name lower case */
export function isForwardable(name: string): boolean {
  return TOKEN.test(name) && !HOP_BY_HOP.has(name) && !OF_THE_MESSAGE.has(name);
}

export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/** Names that this sender declares hop-by-hop in its Connection header; null when there are none. */
export function connectionOptions(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return null;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

/** Makes of an operator's pattern one for names. With the flags g and y it would remember where it stopped. */
export function namePattern(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace(/[giy]/g, '')}i`);
}
