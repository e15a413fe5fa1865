import type { Registry } from '../../registry/registry';
import type { Route } from '../route';
import { draftRoutes } from './registry-drafts';
import { keyRoutes } from './registry-keys';
import { operationRoutes } from './registry-operations';
import { answeringRefusals } from './registry-refusal';
import { revisionRoutes } from './registry-revisions';
import { subgraphRoutes } from './registry-subgraphs';
import { supergraphRoutes } from './registry-supergraph';

/** The calls of the admin API that read and change the registry. @param taken names of keys that the configuration has */
export function registryRoutes(registry: Registry, taken: readonly string[] = []): readonly Route[] {
  const routes = [
    ...subgraphRoutes(registry),
    ...revisionRoutes(registry),
    ...draftRoutes(registry),
    ...supergraphRoutes(registry),
    ...operationRoutes(registry),
    ...keyRoutes(registry, taken),
  ];
  return routes.map(answeringRefusals);
}
