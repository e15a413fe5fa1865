import type { Json } from '../json';
import { parseJson } from '../parse-json';

/** Why a body has no value: no JSON, JSON that nests too deeply, or of a type that nobody reads. */
export type Unreadable = 'syntax' | 'depth' | 'type';

export type Body = { readonly ok: true; readonly data: Json } | { readonly ok: false; readonly reason: Unreadable };

const NOTHING: Body = { ok: true, data: null };

/**
 * The value of a response body by its content type: JSON and `+json` parsed, plain text as a string, nothing
 * null. A body without a content type counts as JSON.
 */
export function readBody(bytes: Buffer, contentType: string | undefined, depthMax: number): Body {
  if (bytes.length === 0) return NOTHING;
  const [type = '', ...parameters] = (contentType ?? 'application/json')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  if (type === 'text/plain') return { ok: true, data: decode(bytes, charsetOf(parameters)) };
  if (!isJson(type)) return { ok: false, reason: 'type' };
  // RFC 8259: JSON is UTF-8, whatever a charset parameter says.
  const text = decode(bytes, 'utf-8');
  if (text.trim() === '') return NOTHING;
  const parsed = parseJson(text, depthMax);
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
    return new TextDecoder().decode(bytes); // no encoding of that name
  }
}
