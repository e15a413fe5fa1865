import type { Rewrite } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import type { Send } from '../transport/send';
import type { Position } from './position';
import type { BuildRepresentation } from './representation';
import type { Walk } from './targets';

/** One fetch node, ready to run. */
export interface FetchStep {
  /** Index into {@link Run.answers}; ids count in plan order. */
  readonly id: number;
  readonly subgraph: string;
  readonly send: Send;
  readonly operation: string;
  readonly operationName: string | undefined;
  readonly operationKind: 'query' | 'mutation';
  /** Variables by their name in the operation and in the client's. */
  readonly variables: readonly { readonly name: string; readonly from: string }[];
  /** The client's response keys of the operation's root fields. */
  readonly rootKeys: readonly string[];
  readonly root: Position;
  /** Leads to the objects that this fetch adds to. */
  readonly walk: Walk;
  /** Null unless the fetch asks for `_entities`. */
  readonly representation: BuildRepresentation | null;
  /** The client's response key for one in the path of an error. */
  readonly publicKey: (key: string) => string;
  readonly outputRewrites: readonly Rewrite[];
  readonly types: FullTypes;
}
