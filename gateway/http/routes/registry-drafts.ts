import { CHANGE } from '../../audit/change';
import type { Draft } from '../../registry/drafts';
import type { Registry } from '../../registry/registry';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { noteRevision } from './note-revision';
import { objectBody, shown } from './object-body';
import { authorshipOf, checkParameters, invalid, param, positiveInteger } from './registry-parameters';
import { creates, madeView } from './registry-views';

const GRAPH = '/registry/graphs/:graph';

/** The calls about declarations that wait to be made current. */
export function draftRoutes(registry: Registry): readonly Route[] {
  return [
    { method: 'GET', path: `${GRAPH}/drafts`, handle: (request) => list(registry, request) },
    {
      method: 'DELETE',
      path: `${GRAPH}/drafts/:draft`,
      action: 'registry.discard',
      handle: (request) => discard(registry, request),
    },
    {
      method: 'POST',
      path: `${GRAPH}/activate`,
      action: 'registry.activate',
      handle: (request) => activate(registry, request),
    },
  ];
}

async function list(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  return jsonAnswer(200, { drafts: (await registry.drafts(param(request, 'graph'))).map(draftView) });
}

async function discard(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  const number = positiveInteger('the draft', param(request, 'draft'));
  const draft = await registry.discard(param(request, 'graph'), number, authorshipOf(request));
  request.facts.put(CHANGE, { before: { draft: number, subgraph: draft.subgraph }, after: {} });
  return jsonAnswer(200, { discarded: draftView(draft) });
}

async function activate(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  const {
    revision,
    reason = null,
    allow_breaking = false,
  } = await objectBody(request, ['revision', 'reason', 'allow_breaking']);
  const number = positiveInteger('revision', revision);
  if (reason !== null && typeof reason !== 'string') throw invalid('reason is not a text');
  if (typeof allow_breaking !== 'boolean')
    throw invalid(`allow_breaking is ${shown(allow_breaking)}; give true or false`);
  const by = { ...authorshipOf(request), message: reason };
  const result = await registry.activate(param(request, 'graph'), number, allow_breaking, by);
  noteRevision(request, result, by);
  return jsonAnswer(200, { ...madeView(result), activated: number, subgraph_was_created: creates(result) });
}

function draftView({ number, sdl, base, ...draft }: Draft) {
  return { draft: number, ...draft, base_revision: base, sdl_sha256: sdl };
}
