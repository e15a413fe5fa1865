import type { Registry } from '../../registry/registry';
import type { Answer, Route, RouteRequest } from '../route';
import { checkParameters, param, positiveInteger } from './registry-parameters';

/** Route of the supergraph, which any gateway may poll. */
export function supergraphRoutes(registry: Registry): readonly Route[] {
  return [{ method: 'GET', path: '/graphs/:graph/supergraph', handle: (request) => fetchOne(registry, request) }];
}

async function fetchOne(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, ['revision']);
  const { query } = request;
  const wanted = query.has('revision') ? positiveInteger('revision', query.get('revision')) : null;
  const { revision, hash, sdl } = await registry.supergraph(param(request, 'graph'), wanted);
  const etag = `"${hash}"`;
  const headers = { etag, 'x-revision': String(revision), 'cache-control': 'no-cache' };
  if (matches(request.headers['if-none-match'], etag)) return { status: 304, headers };
  return { status: 200, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body: sdl };
}

/** The weak comparison that RFC 9110, section 13.1.2 asks for. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
