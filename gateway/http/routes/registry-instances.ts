import { CHANGE } from '../../audit/change';
import { millisecondsIn } from '../../duration';
import type { Lease } from '../../registry/lease-expiry';
import type { LeaseRequest } from '../../registry/lease-request';
import { differs, type LeaseBook } from '../../registry/leases';
import { checkGraph } from '../../registry/registry';
import type { Tags } from '../../tags';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { objectBody, shown } from './object-body';
import { authorshipOf, checkParameters, invalid, param } from './registry-parameters';
import { answeringRefusals } from './registry-refusal';

const ALL = '/registry/graphs/:graph/subgraphs/:name/instances';
const ONE = `${ALL}/:id`;
const KEYS = ['url', 'weight', 'zone', 'tags', 'ttl'];

/** The calls with which instances join, stay and leave by themselves. `?source=` names a source of a REST subgraph. */
export function instanceRoutes(leases: LeaseBook): readonly Route[] {
  const routes: Route[] = [
    { method: 'GET', path: ALL, handle: (request) => list(leases, request) },
    {
      method: 'PUT',
      path: ONE,
      action: 'instance.lease',
      onlyChanges: true,
      handle: (request) => renew(leases, request),
    },
    {
      method: 'DELETE',
      path: ONE,
      action: 'instance.leave',
      onlyChanges: true,
      handle: (request) => release(leases, request),
    },
  ];
  return routes.map(answeringRefusals);
}

function list(leases: LeaseBook, request: RouteRequest): Answer {
  const pool = poolIn(request);
  const instances = leases.list(pool).map((lease) => leaseView(leases, lease));
  return jsonAnswer(200, { instances }, { 'cache-control': 'no-store' });
}

async function renew(leases: LeaseBook, request: RouteRequest): Promise<Answer> {
  const pool = poolIn(request);
  const given = requestIn(await objectBody(request, KEYS));
  const { lease, before } = leases.renew(pool, param(request, 'id'), given, authorshipOf(request).actor);
  const created = before === null;
  if (created || differs(before, lease)) noteChange(request, before, lease);
  return jsonAnswer(created ? 201 : 200, { ...leaseView(leases, lease), instance_was_created: created });
}

function release(leases: LeaseBook, request: RouteRequest): Answer {
  const id = param(request, 'id');
  noteChange(request, leases.release(poolIn(request), id, authorshipOf(request).actor), null);
  return jsonAnswer(200, { id, instance_was_deleted: true });
}

function noteChange(request: RouteRequest, before: Lease | null, after: Lease | null): void {
  const shown = (lease: Lease | null) =>
    lease === null ? null : { url: lease.url, weight: lease.weight, zone: lease.zone, tags: lease.tags ?? {} };
  request.facts.put(CHANGE, { before: shown(before), after: shown(after) });
}

function poolIn(request: RouteRequest): string {
  checkParameters(request, ['source']);
  checkGraph(param(request, 'graph'));
  const source = request.query.get('source');
  return source === null ? param(request, 'name') : `${param(request, 'name')}/${source}`;
}

function leaseView(leases: LeaseBook, lease: Lease) {
  const { id, url, weight, zone, tags = {}, ttlMs, kept } = lease;
  const expiresAt = new Date(Date.now() + leases.leftMs(lease)).toISOString();
  return { id, url, weight, zone, tags, ttl: `${ttlMs}ms`, expires_at: expiresAt, kept };
}

/** A key that is null counts as not given, save that `zone: null` means none. */
function requestIn({ url, weight, zone, tags, ttl }: Readonly<Record<string, unknown>>): Partial<LeaseRequest> {
  return {
    ...(url != null && { url: wanted('string', 'url', url) }),
    ...(weight != null && { weight: wanted('number', 'weight', weight) }),
    ...(zone !== undefined && { zone: zone === null ? null : wanted('string', 'zone', zone) }),
    ...(tags != null && { tags: tagsIn(tags) }),
    ...(ttl != null && { ttlMs: ttlIn(ttl) }),
  };
}

function wanted(type: 'string', key: string, value: unknown): string;
function wanted(type: 'number', key: string, value: unknown): number;
function wanted(type: 'string' | 'number', key: string, value: unknown): unknown {
  if (typeof value === type) return value;
  throw invalid(`${key} is ${shown(value)}; give a ${type}`);
}

function tagsIn(value: unknown): Tags {
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid(`tags is ${shown(value)}; give an object such as {"version":"v2"}`);
  const given = Object.entries({ ...value }).map(([name, tag]) => [name, wanted('string', `the tag ${name}`, tag)]);
  return Object.fromEntries(given);
}

/** `30s`, or a number of seconds. */
function ttlIn(value: unknown): number {
  if (typeof value === 'number') return value * 1000;
  const ttlMs = millisecondsIn(value);
  if (ttlMs !== null) return ttlMs;
  throw invalid(`ttl is ${shown(value)}; give a duration such as 30s`);
}
