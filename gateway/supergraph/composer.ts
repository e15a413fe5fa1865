import type { CompositionHint, SubgraphDefinition } from './supergraph';

export interface Composition {
  /** The supergraph. */
  readonly sdl: string;
  readonly hints: readonly CompositionHint[];
}

/** Makes one supergraph of subgraphs. Another composer only has to be this (decisions/0022). */
export interface Composer {
  /**
   * @param subgraphs one at least, in any order: the text does not depend on it
   * @throws {HeadgateError} COMPOSITION_FAILED; `details.problems` = CompositionProblem[] when the subgraphs are wrong,
   *   no details when composing took too long or too much memory. REQUEST_CANCELLED when `signal` aborts
   */
  compose(subgraphs: readonly SubgraphDefinition[], signal?: AbortSignal): Promise<Composition>;
}
