import { type HashedKey, HashedKeys, hasExpired } from '../authentication/hashed-keys';
import { HeadgateError } from '../errors';
import type { RouteRequest } from './route';

/**
 * A bearer key of the admin listener that may do some things only: the journal names whose it is, and its scopes are `admin`, `read`,
 * `check`, `operations`, or `publish:GRAPH/SUBGRAPH` with `*` for any characters.
 */
export type AdminKey = HashedKey;

/** What knows keys by their secrets. */
export interface KeyRing {
  /** Null: it is none of these. */
  readonly find: (given: string) => AdminKey | null;
  readonly isEmpty: boolean;
}

type Need =
  | { readonly scope: 'admin' | 'read' | 'operations' }
  | { readonly scope: 'check' | 'publish'; readonly graph: string; readonly subgraph: string };

const SUBGRAPH = /^\/registry\/graphs\/([^/]+)\/subgraphs\/([^/]+)(\/check|\/instances\/[^/]+)?$/;
const OPERATIONS = /^\/registry\/graphs\/[^/]+\/operations$/;
const ADMIN: Need = { scope: 'admin' };

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** What is not known to need less needs `admin`, as steering instances and rolling back do. */
function needOf({ method, path }: Pick<RouteRequest, 'method' | 'path'>): Need {
  if (method === 'GET' || method === 'HEAD') return { scope: 'read' };
  if (OPERATIONS.test(path)) return { scope: 'operations' };
  const [, rawGraph = '', rawSubgraph = '', rest] = SUBGRAPH.exec(path) ?? [];
  const [graph, subgraph] = [decoded(rawGraph), decoded(rawSubgraph)];
  if (!graph || !subgraph) return ADMIN;
  if (rest === '/check') return method === 'POST' ? { scope: 'check', graph, subgraph } : ADMIN;
  return method === 'PUT' || method === 'DELETE' ? { scope: 'publish', graph, subgraph } : ADMIN;
}

/** In one pass: a pattern of many `*` must not take long. */
function fitsGlob(text: string, glob: string): boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** Whoever may publish a subgraph may check it. */
function grants(scope: string, need: Need): boolean {
  if (scope === 'admin' || scope === need.scope) return true;
  if (need.scope !== 'publish' && need.scope !== 'check') return false;
  const [, graph, subgraph] = /^publish:([^/]+)\/(.+)$/.exec(scope) ?? [];
  return (
    graph !== undefined && subgraph !== undefined && fitsGlob(need.graph, graph) && fitsGlob(need.subgraph, subgraph)
  );
}

function nameOf(need: Need): string {
  return need.scope === 'publish' ? `publish:${need.graph}/${need.subgraph}`.slice(0, 200) : need.scope;
}

/** The keys of a listener, as they are looked for. */
export function adminKeys(keys: readonly AdminKey[]): HashedKeys<AdminKey> {
  return new HashedKeys(keys.map((key) => [key.sha256, key]));
}

/**
 * The key that a request was sent with; null when it is none of these.
 * @throws {HeadgateError} UNAUTHORIZED: it has expired; FORBIDDEN: outside of its scopes
 */
export function checkKey(
  request: Pick<RouteRequest, 'method' | 'path' | 'headers'>,
  given: string,
  keys: Pick<KeyRing, 'find'>,
  nowMs: number,
): AdminKey | null {
  const key = keys.find(given);
  if (key === null) return null;
  rememberActor(request, `key ${key.name}`);
  if (hasExpired(key, nowMs))
    throw new HeadgateError('UNAUTHORIZED', `the key ${key.name} has expired; ask for a new one`);
  const need = needOf(request);
  if (key.scopes.some((scope) => grants(scope, need))) return key;
  throw new HeadgateError(
    'FORBIDDEN',
    `the key ${key.name} may ${key.scopes.join(', ')}; this call needs the scope ${nameOf(need)}`,
  );
}

const actors = new WeakMap<RouteRequest['headers'], string>();

/** Remembers for a request who sent it, as the guard of the listener found. */
export function rememberActor({ headers }: Pick<RouteRequest, 'headers'>, actor: string): void {
  actors.set(headers, actor);
}

/** `token`, `key NAME`, or `loopback` where the listener takes callers without either. */
export function actorOf({ headers }: Pick<RouteRequest, 'headers'>): string {
  return actors.get(headers) ?? 'loopback';
}

/** Null where no credential was right. */
export function knownActorOf({ headers }: Pick<RouteRequest, 'headers'>): string | null {
  return actors.get(headers) ?? null;
}
