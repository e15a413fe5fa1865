import type { IncomingHttpHeaders } from 'node:http';
import type { Connector } from '../connector';
import { type Json, writeJson } from '../json';
import { MappingLimitError, type Variables } from '../mapping/scope';
import { buildHeaders } from './build-headers';
import { buildPath } from './build-path';
import { encodeForm } from './form-encoding';
import { RequestRefused } from './refused';

/** One HTTP request, ready to be sent. */
export interface RestRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
/** Characters of path and query that common servers still accept. */
export const PATH_CHARACTERS_MAX = 8_000;

/**
 * @param rules headers that the configuration's rules give; they win over those of the adapter
 * @throws {RequestRefused} a value makes no safe request
 */
export function buildRequest(
  connector: Connector,
  variables: Variables,
  client: Readonly<IncomingHttpHeaders>,
  rules: Readonly<Record<string, string>>,
): RestRequest {
  try {
    const path = buildPath(connector.url, variables);
    const headers = {
      accept: JSON_TYPE,
      ...buildHeaders(connector.sourceHeaders, connector.headers, client, variables),
      ...rules,
    };
    const body = buildBody(connector.body?.run(undefined, variables), headers);
    return { path, headers, body };
  } catch (error) {
    if (error instanceof MappingLimitError) throw new RequestRefused(error.message);
    throw error;
  }
}

/** Without parameters such as a charset. */
function mediaType(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

/** Text of the body by the content type that the adapter sets; JSON without one. */
function buildBody(value: Json | undefined, headers: Record<string, string>): string | null {
  if (value === undefined) return null;
  headers['content-type'] ??= JSON_TYPE;
  const type = headers['content-type'];
  if (mediaType(type) === FORM) return encodeForm(value);
  const isText = typeof value === 'string' && !type.toLowerCase().includes('json');
  return isText ? value : writeJson(value);
}
