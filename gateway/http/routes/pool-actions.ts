import { CHANGE } from '../../audit/change';
import { HeadgateError } from '../../errors';
import { announce } from '../../events';
import { isLast, lastInstanceText } from '../../pool/last-instance';
import type { InstanceView, Override, Pool, PoolView } from '../../pool/pool';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { readReason, readSteering, readWeight, type Steering } from './pool-steering';
import { authorshipOf, param } from './registry-parameters';

/** The pools in use, as operators reach them. */
export interface SteerablePools {
  views(): readonly PoolView[];
  /** To be called with the name of a view. */
  get(name: string): Pick<Pool, 'override' | 'explain'>;
}

const POOL = '/pools/:pool';
const INSTANCE = `${POOL}/instances/:instance`;
/** Names listed in a refusal. */
const NAMED_MAX = 20;

/** Routes by which operators steer single instances, and see why the pool chose as it did. */
export function poolActionRoutes(pools: SteerablePools): readonly Route[] {
  const act = (action: 'drain' | 'eject'): Route => ({
    method: 'POST',
    path: `${INSTANCE}/${action}`,
    action: `instance.${action}`,
    handle: async (request) => steer(pools, request, { ...(await readSteering(request)), action }),
  });
  return [
    act('drain'),
    act('eject'),
    {
      method: 'POST',
      path: `${INSTANCE}/resume`,
      action: 'instance.resume',
      handle: async (request) =>
        steer(pools, request, { ...(await readReason(request)), ttlMs: null, action: 'resume' }),
    },
    {
      method: 'PUT',
      path: `${INSTANCE}/weight`,
      action: 'instance.weight',
      handle: async (request) => steer(pools, request, { ...(await readWeight(request)), action: 'weight' }),
    },
    { method: 'GET', path: `${POOL}/explain`, handle: (request) => explain(pools, request) },
  ];
}

type Action = Steering &
  ({ readonly action: 'drain' | 'resume' | 'eject' } | { readonly action: 'weight'; readonly weight: number });

function steer(pools: SteerablePools, request: RouteRequest, asked: Action): Answer {
  const view = viewOf(pools, request);
  const instance = param(request, 'instance');
  const { actor } = authorshipOf(request);
  const override: Override = { ...asked, actor };
  const before = view.instances.find(({ id, url }) => id === instance || url === instance);
  const after = pools.get(view.name).override(instance, override);
  if (after === null) throw notFound(`pool ${view.name} has no instance ${shown(instance)}`, view.instances.map(idOf));
  const { action, reason, ttlMs } = asked;
  request.facts.put(CHANGE, { before: steeredView(before), after: { ...steeredView(after), reason, ttl_ms: ttlMs } });
  const warning = warningOf(view, instance, action);
  const said = warning === null ? {} : { warning };
  return jsonAnswer(200, { pool: view.name, action, actor, reason, ttl_ms: ttlMs, instance: after, ...said });
}

/** What an operator can change of an instance. */
function steeredView(view: InstanceView | undefined) {
  if (view === undefined) return null;
  const { id, state, weight, overrides = [] } = view;
  return { id, state, weight, overrides };
}

/** Of a drain that leaves nobody to be asked; null when somebody is. @param view as it was before */
function warningOf({ name, instances }: PoolView, instance: string, action: Action['action']): string | null {
  if (action !== 'drain' || !isLast(instances, instance)) return null;
  const text = lastInstanceText(name, instance, instances);
  announce('pool.deserted', { pool: name, message: text });
  return text;
}

function explain(pools: SteerablePools, request: RouteRequest): Answer {
  const { name, policy } = viewOf(pools, request);
  const body = { pool: name, policy, choices: pools.get(name).explain() };
  return jsonAnswer(200, body, { 'cache-control': 'no-store' });
}

function viewOf(pools: SteerablePools, request: RouteRequest): PoolView {
  const name = param(request, 'pool');
  const views = pools.views();
  const view = views.find((one) => one.name === name);
  if (view !== undefined) return view;
  throw notFound(
    `there is no pool ${shown(name)}`,
    views.map((one) => one.name),
  );
}

function notFound(what: string, known: readonly string[]): HeadgateError {
  const listed = known.slice(0, NAMED_MAX).join(', ');
  const more = known.length > NAMED_MAX ? ` and ${known.length - NAMED_MAX} more` : '';
  return new HeadgateError(
    'NOT_FOUND',
    `${what}; ${known.length === 0 ? 'there are none' : `known: ${listed}${more}`}`,
  );
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
