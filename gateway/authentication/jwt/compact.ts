import { parseOrNone } from '../../json/parse';

/** A JSON Web Signature in its compact form (RFC 7515, section 7.1): what it says of itself, which nothing has proved yet. */
export interface Compact {
  readonly alg: string;
  readonly kid: string | null;
  readonly payload: Buffer;
}

const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)$/;

/** Whether a text has the form of a token that says who has signed it; other tokens are for whoever has made them. */
export function isCompact(token: string): boolean {
  return FORM.test(token);
}

/**
 * Takes a token apart, as its letter demands: base64url without other characters and with nothing in the unused bits, so that one token
 * has one spelling. Extensions that one has to understand (`crit`) are understood here of nobody.
 * @returns null: it is none
 */
export function readCompact(token: string): Compact | null {
  const [, head = '', body = '', signature = ''] = FORM.exec(token) ?? [];
  if (head === '') return null;
  const [header, payload] = [bytesOf(head), bytesOf(body)];
  if (header === null || payload === null || bytesOf(signature) === null) return null;
  const { alg, kid, crit } = objectIn(header) ?? {};
  if (typeof alg !== 'string' || crit !== undefined) return null;
  if (kid !== undefined && typeof kid !== 'string') return null;
  return { alg, kid: kid ?? null, payload };
}

/** Members of the JSON object that these bytes are; null: they are none. */
export function objectIn(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  const value = parseOrNone(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value as Readonly<Record<string, unknown>>; // as: an object of JSON
}

function bytesOf(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
