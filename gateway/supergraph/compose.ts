import { HeadgateError } from '../errors';
import { apolloComposer } from './apollo-composer';
import type { Composer, Composition } from './composer';
import type { SubgraphDefinition } from './supergraph';

export type { Composition } from './composer';
export { printProblem, problemsOf } from './problems';
export { closeCompositionThread, prepareCompositionThread } from './thread/composition-thread';

/** The one that this process composes with. */
const composer: Composer = apolloComposer;

/**
 * Composes subgraphs into a supergraph, off the main thread.
 * @throws {HeadgateError} see {@link Composer.compose}
 */
export async function composeSubgraphs(
  subgraphs: readonly SubgraphDefinition[],
  signal?: AbortSignal,
): Promise<Composition> {
  if (subgraphs.length === 0) throw noSubgraphs();
  return composer.compose(subgraphs, signal);
}

function noSubgraphs(): HeadgateError {
  const message = 'there are no subgraphs to compose';
  const problems = [{ subgraph: null, message, code: 'NO_QUERIES', line: null, column: null }];
  return new HeadgateError('COMPOSITION_FAILED', message, { details: { problems } });
}
