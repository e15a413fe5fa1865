import { CHANGE } from '../../audit/change';
import type { Authorship } from '../../registry/authorship';
import type {
  KeptManifest,
  ManifestName,
  OperationsChange,
  PublishedOperations,
} from '../../registry/published-operations';
import { checkGraph, type Registry } from '../../registry/registry';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { authorshipOf, checkParameters, param } from './registry-parameters';

const PATH = '/registry/graphs/:graph/operations';

/** Manifests of persisted documents that clients publish. */
export function operationRoutes(registry: Pick<Registry, 'operations'>): readonly Route[] {
  const of = (request: RouteRequest): PublishedOperations => {
    checkGraph(param(request, 'graph'));
    return registry.operations;
  };
  return [
    { method: 'GET', path: PATH, handle: (request) => list(of(request), request) },
    { method: 'PUT', path: PATH, action: 'operations.publish', handle: (request) => publish(of(request), request) },
    { method: 'DELETE', path: PATH, action: 'operations.delete', handle: (request) => remove(of(request), request) },
  ];
}

async function list(operations: PublishedOperations, request: RouteRequest): Promise<Answer> {
  checkParameters(request, []);
  const { revision, manifests } = await operations.list();
  return jsonAnswer(200, { revision, manifests: manifests.map(manifestView) });
}

async function publish(operations: PublishedOperations, request: RouteRequest): Promise<Answer> {
  const name = nameIn(request);
  const by = authorshipOf(request);
  const change = await operations.publish(name, await request.text(), by);
  note(request, name, change, by);
  const { revision, changed, documents } = change;
  return jsonAnswer(200, { revision, changed, ...name, documents });
}

async function remove(operations: PublishedOperations, request: RouteRequest): Promise<Answer> {
  const name = nameIn(request);
  const by = authorshipOf(request);
  const change = await operations.delete(name, by);
  note(request, name, change, by);
  const { revision, documents } = change;
  return jsonAnswer(200, { revision, changed: true, ...name, documents });
}

/** Tells the audit log what has become of which manifest. */
function note(
  { facts }: RouteRequest,
  name: ManifestName,
  change: OperationsChange,
  { message, vcs }: Authorship,
): void {
  const { before, revision, documents } = change;
  facts.put(CHANGE, { before: { revision: before }, after: { ...name, revision, documents, message, vcs } });
}

function nameIn(request: RouteRequest): ManifestName {
  checkParameters(request, ['app', 'version']);
  return { app: request.query.get('app'), version: request.query.get('version') };
}

function manifestView({ app, version, manifest, documents, bytes, at }: KeptManifest) {
  return { app, version, documents, bytes, at, sha256: manifest };
}
