import { readHead } from './history';
import type { PublishedManifest } from './published-operations';
import type { Instance } from './state';
import type { Storage } from './storage/storage';

/** A revision as the running gateway takes it over. */
export interface DeliveredState {
  readonly graph: string;
  readonly revision: number;
  /** The supergraph. */
  readonly sdl: string;
  readonly subgraphs: ReadonlyMap<string, readonly Instance[]>;
  /** The SDL that each subgraph was composed from, by name. */
  readonly schemas: ReadonlyMap<string, string>;
  /** Manifests of persisted documents. */
  readonly operations: readonly PublishedManifest[];
}

/** The head with its texts, without the operations; null before the first publish. */
export async function headToDeliver(
  storage: Storage,
  graph: string,
): Promise<Omit<DeliveredState, 'operations'> | null> {
  const head = await readHead(storage, graph);
  if (head === null) return null;
  const { revision, supergraph } = head.revision;
  const subgraphs = new Map([...head.state.values()].map(({ name, instances }) => [name, instances]));
  const schemas = new Map<string, string>();
  for (const { name, sdl } of head.state.values()) schemas.set(name, await storage.blob(sdl));
  return { graph, revision, sdl: await storage.blob(supergraph), subgraphs, schemas };
}
