import { CHANGE } from '../../audit/change';
import { millisecondsIn } from '../../duration';
import type { RegistryKey } from '../../registry/keys';
import { checkGraph, type Registry } from '../../registry/registry';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { objectBody, shown } from './object-body';
import { authorshipOf, checkParameters, invalid, param } from './registry-parameters';

const PATH = '/registry/graphs/:graph/keys';

/** The calls about keys of this listener. @param taken names of keys that the configuration has */
export function keyRoutes(registry: Registry, taken: readonly string[]): readonly Route[] {
  return [
    { method: 'GET', path: PATH, handle: (request) => list(registry, request) },
    { method: 'POST', path: PATH, action: 'key.create', handle: (request) => create(registry, taken, request) },
    { method: 'DELETE', path: `${PATH}/:name`, action: 'key.revoke', handle: (request) => revoke(registry, request) },
  ];
}

function list(registry: Registry, request: RouteRequest): Answer {
  checkParameters(request, []);
  checkGraph(param(request, 'graph'));
  return jsonAnswer(200, { keys: registry.keys.current.map(keyView) });
}

async function create(registry: Registry, taken: readonly string[], request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  checkGraph(param(request, 'graph'));
  const { name, scopes, expires = null } = await objectBody(request, ['name', 'scopes', 'expires']);
  if (typeof name !== 'string') throw invalid(`name is ${shown(name)}; give a text`);
  const wanted = { name, scopes: scopesIn(scopes), expires: expires === null ? null : timeIn(expires) };
  const { key, secret } = await registry.keys.create(wanted, taken, authorshipOf(request));
  request.facts.put(CHANGE, { before: {}, after: keyView(key) });
  return jsonAnswer(201, { ...keyView(key), key: secret }, { 'cache-control': 'no-store' });
}

async function revoke(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  checkGraph(param(request, 'graph'));
  const key = await registry.keys.revoke(param(request, 'name'), authorshipOf(request));
  request.facts.put(CHANGE, { before: keyView(key), after: {} });
  return jsonAnswer(200, { revoked: keyView(key) });
}

function scopesIn(scopes: unknown): readonly string[] {
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')) return scopes;
  throw invalid(`scopes is ${shown(scopes)}; give a list of texts, ["publish:default/products"]`);
}

/** A time, or a duration from now. */
function timeIn(expires: unknown): string {
  const ms = millisecondsIn(expires, { days: true });
  if (ms !== null) return new Date(Date.now() + ms).toISOString();
  const at = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(at)) throw invalid(`expires is ${shown(expires)}; give a time (2027-01-31T00:00:00Z), or 90d`);
  return new Date(at).toISOString();
}

function keyView({ name, scopes, expires, at, actor }: RegistryKey) {
  const isExpired = expires !== null && Date.parse(expires) <= Date.now();
  return { name, scopes, expires, expired: isExpired, created_at: at, created_by: actor };
}
