const OPENS = 0x7b;
const CLOSES = 0x7d;
/** With these a server says that nothing of the kind is here, whoever asks. */
const NOT_HERE: ReadonlySet<number> = new Set([404, 405, 410, 421]);

/**
 * Tells whether an answer can be a GraphQL response: begins and ends as a JSON object does. Tells a page of HTML, an empty body, a
 * redirection and an answer that was cut off at the cost of two bytes; parsing tells the rest. An error that may be the
 * caller's can be one whatever its body is.
 */
export function canBeGraphql(status: number, body: Buffer): boolean {
  if (status >= 400 && !NOT_HERE.has(status)) return true;
  let first = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  let last = body.length - 1;
  while (isSpace(body[first])) first += 1;
  while (isSpace(body[last])) last -= 1;
  return body[first] === OPENS && body[last] === CLOSES;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
