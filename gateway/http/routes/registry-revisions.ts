import type { Registry } from '../../registry/registry';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { noteRevision } from './note-revision';
import { authorshipOf, checkParameters, invalid, param, positiveInteger } from './registry-parameters';
import { blamedView, madeView, revisionView, subgraphView } from './registry-views';

const GRAPH = '/registry/graphs/:graph';
const LISTED_MAX = 1_000;

export function revisionRoutes(registry: Registry): readonly Route[] {
  return [
    { method: 'GET', path: `${GRAPH}/revisions`, handle: (request) => list(registry, request) },
    { method: 'GET', path: `${GRAPH}/revisions/:revision`, handle: (request) => fetchOne(registry, request) },
    { method: 'GET', path: `${GRAPH}/revisions/:from/diff/:to`, handle: (request) => diff(registry, request) },
    {
      method: 'POST',
      path: `${GRAPH}/rollback`,
      action: 'registry.rollback',
      handle: (request) => rollBack(registry, request),
    },
    { method: 'GET', path: `${GRAPH}/blame/:coordinate`, handle: (request) => blame(registry, request) },
  ];
}

/** The newest `limit` revisions below `before`, oldest first, and how many of the first are kept no longer. */
async function list(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, ['before', 'limit']);
  const { query } = request;
  const before = query.has('before') ? positiveInteger('before', query.get('before')) : null;
  const limit = query.has('limit') ? positiveInteger('limit', query.get('limit')) : LISTED_MAX;
  if (limit > LISTED_MAX)
    throw invalid(`limit=${limit}: at most ${LISTED_MAX} revisions are listed; page with before=N`);
  const graph = param(request, 'graph');
  const revisions = await registry.revisions(graph, { before, limit });
  return jsonAnswer(200, { revisions: revisions.map(revisionView), pruned: await registry.pruned(graph) });
}

async function fetchOne(registry: Registry, request: RouteRequest): Promise<Answer> {
  const number = positiveInteger('the revision', param(request, 'revision'));
  const { revision, state } = await registry.revision(param(request, 'graph'), number);
  return jsonAnswer(200, { ...revisionView(revision), state: [...state.values()].map(subgraphView) });
}

async function diff(registry: Registry, request: RouteRequest): Promise<Answer> {
  const from = positiveInteger('the revision', param(request, 'from'));
  const to = positiveInteger('the revision', param(request, 'to'));
  const { changes, supergraphChanges } = await registry.diff(param(request, 'graph'), from, to);
  return jsonAnswer(200, { from, to, changes, supergraph_changed: supergraphChanges });
}

async function rollBack(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  const { revision, reason } = rollbackIn(await request.json());
  const by = { ...authorshipOf(request), message: reason };
  const result = await registry.rollBack(param(request, 'graph'), revision, by);
  noteRevision(request, result, by);
  return jsonAnswer(200, { ...madeView(result), rolled_back_to: revision });
}

function rollbackIn(body: unknown): { revision: number; reason: string | null } {
  if (typeof body !== 'object' || body === null) throw invalid('the body is not {"revision": n, "reason": "…"}');
  const revision = positiveInteger('revision', 'revision' in body ? body.revision : undefined);
  const reason = 'reason' in body ? body.reason : null;
  if (reason !== null && typeof reason !== 'string') throw invalid('reason is not a text');
  return { revision, reason };
}

async function blame(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  const coordinate = param(request, 'coordinate');
  const blamed = await registry.blame(param(request, 'graph'), coordinate);
  return jsonAnswer(200, { coordinate, changes: blamed.map(blamedView) });
}
