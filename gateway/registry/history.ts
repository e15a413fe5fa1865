import { HeadgateError } from '../errors';
import { decodeState, type GraphState } from './state';
import type { Revision, Storage } from './storage/storage';

/** The newest revision with what holds at it. */
export interface Head {
  readonly revision: Revision;
  readonly state: GraphState;
}

export async function readHead(storage: Storage, graph: string): Promise<Head | null> {
  const revision = await storage.head(graph);
  return revision === null ? null : { revision, state: await stateOf(storage, revision) };
}

export async function stateOf(storage: Storage, revision: Revision): Promise<GraphState> {
  return decodeState(await storage.blob(revision.state));
}

/** @throws {HeadgateError} NOT_FOUND */
export async function revisionAt(storage: Storage, graph: string, number: number): Promise<Revision> {
  const [revision] = await storage.read(graph, { before: number + 1, limit: 1 });
  if (revision !== undefined && revision.revision === number) return revision;
  const head = await storage.head(graph);
  const oldest = await storage.oldest(graph);
  if (number < oldest) throw pruned(graph, number, oldest);
  const known = head === null ? 'nothing has been published yet' : `the newest is ${head.revision}`;
  throw new HeadgateError('NOT_FOUND', `graph ${graph} has no revision ${number}; ${known}`);
}

function pruned(graph: string, number: number, oldest: number): HeadgateError {
  return new HeadgateError(
    'NOT_FOUND',
    `revision ${number} of graph ${graph} was pruned; the oldest that is kept is ${oldest} (registry.retention says how many are, and how long)`,
  );
}
