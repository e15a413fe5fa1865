import { z } from 'zod';
import type { Authorship } from '../../registry/authorship';
import type { Declaration } from '../../registry/declaration';
import type { Permits, Registry } from '../../registry/registry';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { noteDraft, noteRevision } from './note-revision';
import { objectBody } from './object-body';
import { authorshipOf, checkParameters, flag, instancesIn, invalid, param } from './registry-parameters';
import { creates, judgedView, madeView, subgraphView } from './registry-views';

const ALL = '/registry/graphs/:graph/subgraphs';
const ONE = `${ALL}/:name`;

export function subgraphRoutes(registry: Registry): readonly Route[] {
  return [
    { method: 'GET', path: ALL, handle: (request) => list(registry, request) },
    { method: 'PUT', path: ALL, action: 'registry.publish', handle: (request) => publishAll(registry, request) },
    { method: 'GET', path: ONE, handle: (request) => fetchOne(registry, request) },
    { method: 'PUT', path: ONE, action: 'registry.publish', handle: (request) => publish(registry, request) },
    { method: 'DELETE', path: ONE, action: 'registry.delete', handle: (request) => remove(registry, request) },
    { method: 'POST', path: `${ONE}/check`, action: null, handle: (request) => check(registry, request) },
  ];
}

async function list(registry: Registry, request: RouteRequest): Promise<Answer> {
  const head = await registry.head(param(request, 'graph'));
  const subgraphs = [...(head?.state.values() ?? [])].map(subgraphView);
  return jsonAnswer(200, { revision: head?.revision.revision ?? 0, subgraphs });
}

async function fetchOne(registry: Registry, request: RouteRequest): Promise<Answer> {
  const { state, sdl } = await registry.subgraph(param(request, 'graph'), param(request, 'name'));
  return jsonAnswer(200, { ...subgraphView(state), sdl });
}

async function publish(registry: Registry, request: RouteRequest): Promise<Answer> {
  const { declared, permits } = await declarationIn(request);
  const by = authorshipOf(request);
  const graph = param(request, 'graph');
  if (flag(request, 'draft')) return keepDraft(registry, request, graph, declared, permits, by);
  const result = await registry.publish(graph, declared, permits, by);
  noteRevision(request, result, by);
  const created = creates(result);
  return jsonAnswer(created ? 201 : 200, { ...madeView(result), subgraph_was_created: created });
}

async function keepDraft(
  registry: Registry,
  request: RouteRequest,
  graph: string,
  declared: Declaration,
  { create }: Permits,
  by: Authorship,
): Promise<Answer> {
  const { draft, ...judged } = await registry.draft(graph, declared, create, by);
  noteDraft(request, draft, by);
  return jsonAnswer(201, { ...judgedView(judged), draft: draft.number, subgraph_was_created: false });
}

async function publishAll(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, ['create', 'allow_breaking']);
  const permits = { create: flag(request, 'create'), breaking: flag(request, 'allow_breaking') };
  const { subgraphs } = await objectBody(request, ['subgraphs']);
  const by = authorshipOf(request);
  const result = await registry.publishAll(param(request, 'graph'), declarationsIn(subgraphs), permits, by);
  noteRevision(request, result, by);
  const created = creates(result);
  return jsonAnswer(created ? 201 : 200, { ...madeView(result), subgraph_was_created: created });
}

const declarationShape = z.strictObject({
  name: z.string(),
  sdl: z.string(),
  instances: z.array(z.strictObject({ url: z.string(), weight: z.int().prefault(1) })).optional(),
});

function declarationsIn(subgraphs: unknown): readonly Declaration[] {
  const read = z.array(declarationShape).safeParse(subgraphs);
  if (read.success) return read.data.map(({ name, sdl, instances = null }) => ({ name, sdl, instances }));
  const [issue] = read.error.issues;
  const place = ['subgraphs', ...(issue?.path ?? [])].join('.');
  throw invalid(`${place}: ${issue?.message}; give {"subgraphs": [{"name", "sdl", "instances": [{"url", "weight"}]}]}`);
}

async function check(registry: Registry, request: RouteRequest): Promise<Answer> {
  const { declared, permits } = await declarationIn(request);
  const result = await registry.check(param(request, 'graph'), declared, permits);
  const view = { ...judgedView(result), subgraph_was_created: false, subgraph_would_be_created: creates(result) };
  return jsonAnswer(200, view);
}

async function declarationIn(request: RouteRequest): Promise<{ declared: Declaration; permits: Permits }> {
  checkParameters(request, ['url', 'weight', 'create', 'allow_breaking', 'draft']);
  const permits = { create: flag(request, 'create'), breaking: flag(request, 'allow_breaking') };
  const instances = instancesIn(request);
  return { declared: { name: param(request, 'name'), sdl: await request.text(), instances }, permits };
}

async function remove(registry: Registry, request: RouteRequest): Promise<Answer> {
  checkParameters(request, ['dry_run', 'allow_breaking']);
  const mayBreak = flag(request, 'allow_breaking');
  const [graph, name] = [param(request, 'graph'), param(request, 'name')];
  if (flag(request, 'dry_run')) {
    const view = judgedView(await registry.checkDelete(graph, name, mayBreak));
    return jsonAnswer(200, { ...view, subgraph_was_deleted: false });
  }
  const by = authorshipOf(request);
  const result = await registry.delete(graph, name, by, mayBreak);
  noteRevision(request, result, by);
  return jsonAnswer(200, { ...madeView(result), subgraph_was_deleted: true });
}
