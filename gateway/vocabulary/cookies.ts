/** The cookies of a `cookie` header, as they are sent. Of several of one name it is the first: that of the most specific path (RFC 6265). */
export function* cookiesIn(header: string): Generator<readonly [name: string, value: string]> {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0) yield [pair.slice(0, equals).trim(), unquoted(pair.slice(equals + 1).trim())];
  }
}

/** Undefined when there is none of that name. */
export function cookieNamed(header: string | undefined, wanted: string): string | undefined {
  if (header === undefined) return undefined;
  for (const [name, value] of cookiesIn(header)) if (name === wanted) return value;
  return undefined;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
