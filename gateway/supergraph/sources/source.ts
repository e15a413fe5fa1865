import type { SubgraphDefinition } from '../supergraph';

/**
 * Takes a supergraph into service. Rejects when it cannot be served; what ran before goes on then.
 * @param subgraphs what it was composed from, where the source knows
 */
export type Deliver = (sdl: string, origin: string, subgraphs?: readonly SubgraphDefinition[]) => Promise<void>;

/** Source of supergraphs: gives the first one at start, and another one whenever it changes. */
export interface SupergraphSource {
  /**
   * Delivers the first supergraph. When it rejects, the source goes on trying in the background until it is closed.
   * @throws {HeadgateError} SUPERGRAPH_UNAVAILABLE when there is none, or what composition or `deliver` threw
   */
  start(): Promise<void>;
  /** Looks now, and tries again what was refused. Never rejects: failures are announced as `supergraph.refused`. */
  refresh(): Promise<void>;
  /** Stops watching and waits for what runs. */
  close(): Promise<void>;
}
