import { HeadgateError } from '../../errors';
import { apiSdlOf } from '../api-schema';
import { readSupergraph } from '../read';
import { compositionThread } from '../thread/composition-thread';
import type { CompareJob, NoticedChange } from '../thread/jobs';

export type { NoticedChange } from '../thread/jobs';

/**
 * Compares what clients may ask for, off the main thread.
 * @param before @param after supergraphs
 * @param operations what clients ask for, the most frequent first; told by their index
 * @returns what changes, what breaks most first
 * @throws {HeadgateError} SUPERGRAPH_INVALID
 */
export async function compareSupergraphs(
  before: string,
  after: string,
  operations: CompareJob['operations'],
): Promise<readonly NoticedChange[]> {
  // The one to come first: it was read a moment ago.
  const next = apiSdlOf((await readSupergraph(after)).apiSchema);
  const old = apiSdlOf((await readSupergraph(before)).apiSchema);
  const answer = await compositionThread.run({ kind: 'compare', before: old, after: next, operations });
  if (answer.kind !== 'compared') throw new HeadgateError('INTERNAL', 'two supergraphs could not be compared');
  return answer.changes;
}
