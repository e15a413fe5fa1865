import { HeadgateError } from '../../errors';
import { apiSdlOf } from '../api-schema';
import { readSupergraph } from '../read';
import { compositionThread } from '../thread/composition-thread';
import type { NoticedChange } from '../thread/jobs';

export type { NoticedChange } from '../thread/jobs';

/** What changes for clients between two supergraphs. */
export interface Comparison {
  readonly changes: readonly NoticedChange[];
  /** Of each operation that has to do with a change: what is wrong with it afterwards; empty: nothing. */
  readonly errors: readonly (readonly string[])[];
}

/**
 * Compares what clients may ask for, off the main thread.
 * @param before @param after supergraphs
 * @param operations texts of operations, to be told by their index
 * @throws {HeadgateError} SUPERGRAPH_INVALID
 */
export async function compareSupergraphs(
  before: string,
  after: string,
  operations: readonly string[],
): Promise<Comparison> {
  // The one to come first: it was read a moment ago.
  const next = apiSdlOf((await readSupergraph(after)).apiSchema);
  const old = apiSdlOf((await readSupergraph(before)).apiSchema);
  const answer = await compositionThread.run({ kind: 'compare', before: old, after: next, operations });
  if (answer.kind !== 'compared') throw new HeadgateError('INTERNAL', 'two supergraphs could not be compared');
  return { changes: answer.changes, errors: answer.errors };
}
