import { isJsonScalar, type JsonScalar } from '../json';
import { LaterFeatureError, MappingSyntaxError } from '../mapping/cursor';
import { type Mapping, readMapping } from '../mapping/mapping';
import type { Variables } from '../mapping/scope';
import { type ConnectVersion, DEFAULT_VERSION } from '../mapping/versions';
import { RequestRefused } from './refused';

/** Text with `{expressions}`: what URLs and header values are made of. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'expression'; readonly mapping: Mapping; readonly offset: number };

/** @throws {MappingSyntaxError} with the offset in the template */
export function readTemplate(text: string, version: ConnectVersion = DEFAULT_VERSION): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const end = open === -1 ? text.length : open;
    if (end > at) parts.push({ kind: 'text', text: text.slice(at, end), offset: at });
    if (open === -1) break;
    const close = closingBrace(text, open);
    parts.push({ kind: 'expression', mapping: expressionAt(text, open + 1, close, version), offset: open + 1 });
    at = close + 1;
  }
  return parts;
}

function expressionAt(text: string, start: number, end: number, version: ConnectVersion): Mapping {
  try {
    return readMapping(text.slice(start, end), { missing: 'omit', version });
  } catch (error) {
    if (!(error instanceof MappingSyntaxError)) throw error;
    if (error instanceof LaterFeatureError) throw error.movedBy(start);
    throw new MappingSyntaxError(error.message, error.offset + start);
  }
}

/** The `}` that closes the `{` at `open`: braces nest, and those inside strings do not count. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") at = closingQuote(text, at);
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new MappingSyntaxError('this `{` has no closing `}`', open);
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === text.charAt(open)) return at;
  }
  throw new MappingSyntaxError('this string has no closing quote', open);
}

/**
 * The scalar that an expression gives; null when it gives nothing.
 * @throws {RequestRefused} it gives a list or an object
 */
export function runScalar(mapping: Mapping, variables: Variables): JsonScalar {
  const value = mapping.run(undefined, variables) ?? null;
  if (isJsonScalar(value)) return value;
  throw new RequestRefused('an expression in a URL or header gives a list or an object where one value is needed');
}
