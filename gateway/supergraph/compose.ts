import { HeadgateError } from '../errors';
import { refusal } from './problems';
import type { CompositionHint, SubgraphDefinition } from './supergraph';
import { compositionThread } from './thread/composition-thread';

export { printProblem, problemsOf } from './problems';
export { closeCompositionThread, prepareCompositionThread } from './thread/composition-thread';

export interface Composition {
  /** The supergraph. */
  readonly sdl: string;
  readonly hints: readonly CompositionHint[];
}

/**
 * Composes subgraphs into a supergraph, in a worker thread. The text does not depend on the order of the subgraphs.
 * @throws {HeadgateError} COMPOSITION_FAILED; `details.problems` = CompositionProblem[] when the subgraphs are wrong,
 *   no details when composing took too long or too much memory. REQUEST_CANCELLED when `signal` aborts
 */
export async function composeSubgraphs(
  subgraphs: readonly SubgraphDefinition[],
  signal?: AbortSignal,
): Promise<Composition> {
  if (subgraphs.length === 0) throw noSubgraphs();
  const plain = subgraphs.map(({ name, url, sdl }) => ({ name, url, sdl }));
  const answer = await compositionThread.run({ kind: 'compose', subgraphs: plain }, signal);
  if (answer.kind === 'composed') return { sdl: answer.sdl, hints: answer.hints };
  throw refusal('COMPOSITION_FAILED', 'the subgraphs do not compose', answer);
}

function noSubgraphs(): HeadgateError {
  const message = 'there are no subgraphs to compose';
  const problems = [{ subgraph: null, message, code: 'NO_QUERIES', line: null, column: null }];
  return new HeadgateError('COMPOSITION_FAILED', message, { details: { problems } });
}
