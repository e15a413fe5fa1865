import type { IncomingHttpHeaders } from 'node:http';
import { isHeaderValue } from '../../header-names';
import type { Variables } from '../mapping/scope';
import { scalarText } from './percent-encoding';
import { RequestRefused } from './refused';
import { runScalar, type TemplatePart } from './template';

/** One entry of `headers:`; names in lower case. */
export type ConnectHeader =
  | { readonly name: string; readonly from: string }
  | { readonly name: string; readonly value: readonly TemplatePart[] };

/**
 * Headers of one request. A name that the connector sets hides the source's header of that name, even when it has no value.
 * @throws {RequestRefused} a value holds a character that no header may hold
 */
export function buildHeaders(
  source: readonly ConnectHeader[],
  connector: readonly ConnectHeader[],
  client: Readonly<IncomingHttpHeaders>,
  variables: Variables,
): Record<string, string> {
  const own = new Set(connector.map(({ name }) => name));
  const headers: Record<string, string> = {};
  for (const rule of [...source.filter(({ name }) => !own.has(name)), ...connector]) {
    const value = 'from' in rule ? clientHeader(client, rule.from) : templateValue(rule.value, variables);
    if (value !== null) headers[rule.name] = checkedHeader(rule.name, value);
  }
  return headers;
}

/** @throws {RequestRefused} CR, LF, NUL or anything else that a header value cannot hold */
function checkedHeader(name: string, value: string): string {
  if (isHeaderValue(value)) return value;
  throw new RequestRefused(`the value for the header \`${name}\` holds a character that no header may hold`);
}

function clientHeader(client: Readonly<IncomingHttpHeaders>, name: string): string | null {
  const value = client[name];
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(', ') : value;
}

/** A header that is one expression without a value is not sent. */
function templateValue(parts: readonly TemplatePart[], variables: Variables): string | null {
  const values = parts.map((part) => (part.kind === 'text' ? part.text : runScalar(part.mapping, variables)));
  if (values.length === 1 && values[0] === null) return null;
  return values.map(scalarText).join('');
}
