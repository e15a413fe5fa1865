import type { JsonScalar } from '../json';

const UNRESERVED = /^[A-Za-z0-9._~-]*$/;

/** RFC 3986 section 2.3: everything but letters, digits and `-._~` is percent-encoded. */
export function encodeUnreserved(text: string): string {
  if (UNRESERVED.test(text)) return text;
  const encoded = encodeURIComponent(wellFormed(text));
  return encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Text that the author of an adapter wrote into a URL: kept as it is, except for characters no URL may hold. */
export function encodeLiteral(text: string): string {
  return wellFormed(text).replace(/%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]|["<>\\^`{|}]/gu, encodeURIComponent);
}

/** Half of a surrogate pair has no UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A scalar as it stands in a URL, a header or a form; null is empty. */
export function scalarText(value: JsonScalar): string {
  return value === null ? '' : String(value);
}
