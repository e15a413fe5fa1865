import type { GraphQLSchema } from 'graphql';
import type { Requirements } from './requirements';

/** One composed schema: everything that the rooms need of it, built once, frozen, swapped as a whole. */
export interface Supergraph {
  /** First 16 hex digits of the SHA-256 of `sdl`. */
  readonly version: string;
  /** The supergraph SDL with its join directives. */
  readonly sdl: string;
  /**
   * `sdl` as far as subgraphs are concerned that link directives of their own, such as those of REST adapters; every line
   * where it is in `sdl`. Empty when none does.
   */
  readonly annotatedSdl: string;
  /** What clients may see: validation, introspection and GraphiQL use this one. */
  readonly apiSchema: GraphQLSchema;
  /** Names of the object types of each abstract type of the full supergraph, inaccessible ones included. */
  readonly possibleTypes: ReadonlyMap<string, ReadonlySet<string>>;
  /** What has to be fulfilled to be given parts of it; null when nothing has. */
  readonly requirements: Requirements | null;
  /** By subgraph name, in the order of the join__Graph enum. */
  readonly subgraphs: ReadonlyMap<string, SupergraphSubgraph>;
}

export interface SupergraphSubgraph {
  readonly name: string;
  /** Value of the join__Graph enum, e.g. PRODUCTS. */
  readonly graph: string;
  /** The routing URL written in the supergraph; empty when it has none. */
  readonly url: string;
}

/** One subgraph as it goes into composition. */
export interface SubgraphDefinition {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** One reason why subgraphs do not compose. Lines and columns count from 1; null when the rule names no place. */
export interface CompositionProblem {
  readonly subgraph: string | null;
  readonly message: string;
  /** The composition rule's own code, e.g. INVALID_FIELD_SHARING. */
  readonly code: string;
  readonly line: number | null;
  readonly column: number | null;
}

export interface CompositionHint {
  readonly code: string;
  readonly message: string;
}
