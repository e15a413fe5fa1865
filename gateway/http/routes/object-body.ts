import { parseOrNone } from '../../json/parse';
import type { RouteRequest } from '../route';
import { invalid } from './registry-parameters';

/**
 * The object that an operator sent; empty when nothing was.
 * @param known its keys: a misspelt one must not be passed over
 * @throws {HeadgateError} INVALID_ARGUMENT
 */
export async function objectBody(
  request: RouteRequest,
  known: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const text = await request.text();
  if (text.trim() === '') return {};
  const body = parseOrNone(text);
  if (body === undefined) throw invalid(`the body is not JSON; give an object with ${known.join(', ')}`);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid(`the body is ${shown(body)}, not an object; give one with ${known.join(', ')}`);
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(`there is no key ${shown(unknown)}; this call takes ${known.join(', ')}`);
  return Object.fromEntries(Object.entries(body));
}

/** A value of a body, for a message. */
export function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 100);
}
