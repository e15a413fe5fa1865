import type { StringValueNode } from 'graphql';
import { isForwardable } from '../../header-names';
import type { HttpMethod } from '../connector';
import type { ConnectHeader } from '../request/build-headers';
import { readTemplate } from '../request/template';
import { readUrlTemplate, type UrlTemplate } from '../request/url-template';
import type { Arguments } from './arguments';
import type { LocatedMapping, Site } from './site';

const METHODS: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Headers of the message that an adapter may set although header rules may not. */
const OF_THE_ADAPTER: ReadonlySet<string> = new Set(['accept', 'content-type']);

/** The `http` argument of `@source` or `@connect`. */
interface Http {
  readonly headers: readonly ConnectHeader[];
  readonly path: LocatedMapping | null;
  readonly queryParams: LocatedMapping | null;
  /** Every mapping in it, for the checks of variables. */
  readonly mappings: readonly LocatedMapping[];
}

export interface ConnectHttp extends Http {
  readonly method: HttpMethod;
  readonly url: UrlTemplate;
  /** The text of the URL. */
  readonly node: StringValueNode;
  readonly body: LocatedMapping | null;
}

export interface SourceHttp extends Http {
  readonly url: UrlTemplate;
}

export function readSourceHttp(args: Arguments | null, site: Site): SourceHttp | null {
  args?.only(['baseURL', 'headers', 'path', 'queryParams'], '`http` of @source');
  const node = args?.string('baseURL') ?? null;
  if (args === null || node === null) return null;
  const url = site.read(node, 'URL_INVALID', (text) => readUrlTemplate(text, site.version));
  if (url === null) return null;
  if (url.origin === null) site.refuse('URL_INVALID', '`baseURL` must be an absolute http or https URL', node);
  if (node.value.includes('{')) site.refuse('URL_INVALID', '`baseURL` cannot hold expressions', node);
  return { url, ...readCommon(args, site) };
}

export function readConnectHttp(args: Arguments, site: Site): ConnectHttp | null {
  args.only([...METHODS, 'body', 'headers', 'path', 'queryParams'], '`http` of @connect');
  const methods = METHODS.filter((method) => args.names().includes(method));
  const [method] = methods;
  if (method === undefined || methods.length > 1) {
    const given = methods.length === 0 ? 'none is' : `${methods.join(' and ')} are`;
    site.refuse('METHOD_INVALID', `\`http\` needs exactly one of ${METHODS.join(', ')}; ${given} given`, args.node);
    return null;
  }
  const node = args.string(method);
  const url = site.read(node, 'URL_INVALID', (text) => readUrlTemplate(text, site.version));
  if (node === null || url === null) return null;
  const common = readCommon(args, site);
  const body = site.mapping(args, 'body');
  const inUrl = [
    ...url.segments.flat(),
    ...url.query.flatMap(({ name, value }) => [...name, ...(value ?? [])]),
  ].flatMap((part) => (typeof part === 'string' ? [] : [{ mapping: part.mapping, node, start: part.offset }]));
  return {
    method,
    url,
    node,
    body,
    ...common,
    mappings: [...inUrl, ...(body === null ? [] : [body]), ...common.mappings],
  };
}

function readCommon(args: Arguments, site: Site): Http {
  const path = site.mapping(args, 'path');
  const queryParams = site.mapping(args, 'queryParams');
  const headers = args.objects('headers').map((header) => readHeader(header, site));
  return {
    path,
    queryParams,
    headers: headers.flatMap((found) => found?.header ?? []),
    mappings: [path, queryParams, ...headers.flatMap((found) => found?.mappings ?? [])].filter(
      (found) => found !== null,
    ),
  };
}

interface ReadHeader {
  readonly header: ConnectHeader;
  readonly mappings: readonly LocatedMapping[];
}

function readHeader(args: Arguments, site: Site): ReadHeader | null {
  args.only(['name', 'from', 'value'], 'a header');
  const [name, from, value] = [args.string('name'), args.string('from'), args.string('value')];
  const lower = name?.value.toLowerCase() ?? '';
  if (name === null || (!isForwardable(lower) && !OF_THE_ADAPTER.has(lower))) {
    site.refuse(
      'HEADER_INVALID',
      `a header needs a \`name\` that an adapter may set, not ${JSON.stringify(lower)}`,
      args.node,
    );
    return null;
  }
  if ((from === null) === (value === null)) {
    site.refuse('HEADER_INVALID', `the header \`${lower}\` needs either \`from\` or \`value\``, args.node);
    return null;
  }
  if (from !== null) return { header: { name: lower, from: from.value.toLowerCase() }, mappings: [] };
  const parts = site.read(value, 'MAPPING_SYNTAX', (text) => readTemplate(text, site.version));
  if (parts === null || value === null) return null;
  const mappings = parts.flatMap((part) =>
    part.kind === 'text' ? [] : [{ mapping: part.mapping, node: value, start: part.offset }],
  );
  return { header: { name: lower, value: parts }, mappings };
}
