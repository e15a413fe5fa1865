import { scanJson } from '../../../json/scan';
import { ownTurn } from '../../../own-turns';
import type { Json } from '../json';
import { type ParsedJson, parseJson } from '../parse-json';

/** Why a body has no value: no JSON, JSON that nests too deeply, or of a type that nobody reads. */
export type Unreadable = 'syntax' | 'depth' | 'type';

export type Body = { readonly ok: true; readonly data: Json } | { readonly ok: false; readonly reason: Unreadable };

const NOTHING: Body = { ok: true, data: null };
/** RFC 8259: JSON is UTF-8, whatever a charset parameter says. */
const UTF8 = new TextDecoder();

/**
 * The value of a response body by its content type: JSON and `+json` parsed, plain text as a string, nothing
 * null. A body without a content type counts as JSON.
 */
export function readBody(bytes: Buffer, contentType: string | undefined, depthMax: number): Body {
  const other = readOther(bytes, contentType);
  if (other !== null) return other;
  const text = UTF8.decode(bytes);
  return text.trim() === '' ? NOTHING : bodyOf(parseJson(text, depthMax));
}

/** The same for a large one: each third of the work has a turn of the loop of its own, and so has what is made of it. */
export async function readBodyInTurns(bytes: Buffer, contentType: string | undefined, depthMax: number): Promise<Body> {
  await ownTurn();
  const other = readOther(bytes, contentType);
  if (other !== null) return other;
  const text = UTF8.decode(bytes);
  await ownTurn();
  const scan = scanJson(text, depthMax);
  await ownTurn();
  const body = bodyOf(parseJson(text, depthMax, scan));
  await ownTurn();
  return body;
}

/** Null for JSON. */
function readOther(bytes: Buffer, contentType: string | undefined): Body | null {
  if (bytes.length === 0) return NOTHING;
  if (contentType === undefined || contentType === 'application/json') return null;
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type === 'text/plain') return { ok: true, data: decode(bytes, charsetOf(parameters)) };
  return isJson(type) ? null : { ok: false, reason: 'type' };
}

function bodyOf(parsed: ParsedJson): Body {
  return parsed.ok ? { ok: true, data: parsed.value } : parsed;
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}

function charsetOf(parameters: readonly string[]): string {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset?.slice('charset='.length).replaceAll('"', '') ?? 'utf-8';
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return UTF8.decode(bytes); // no encoding of that name
  }
}
