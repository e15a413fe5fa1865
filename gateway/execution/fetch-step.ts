import type { Rewrite } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import type { Send } from '../transport/send';
import type { ContextContent } from './context-fetch';
import type { FlattenElement } from './paths';
import type { BuildRepresentation } from './representation';
import type { Misfit } from './run';
import type { Walk } from './targets';

/** A field that a fetch asks of an entity. */
interface RequiringField {
  /** The client's response key. */
  readonly key: string;
  readonly coordinate: string;
  /** Whether it is one of those that a list is required for. */
  readonly requires: boolean;
}

/** One fetch node, ready to run. */
export interface FetchStep {
  /** Index into {@link Run.answers}; ids count in plan order. */
  readonly id: number;
  readonly subgraph: string;
  /** The client's response keys of the operation's root fields. */
  readonly rootKeys: readonly string[];
  /** The way to the objects that this fetch adds to, in the client's response keys. */
  readonly path: readonly FlattenElement[];
  /** Null unless the fetch asks for `_entities`. */
  readonly representation: BuildRepresentation | null;
  /** The client's response key for one in the path of an error. */
  readonly publicKey: (key: string) => string;
  /** The fields that the fetch asks of an entity, and whether it requires something for them. */
  readonly fields: (misfit: Misfit) => readonly RequiringField[];
  readonly outputRewrites: readonly Rewrite[];
  readonly types: FullTypes;
}

/** Entity fetches that ask for the same: their representations go in one list, each once. */
export interface EntityList {
  /** Response key of its `_entities` in the request. */
  readonly key: string;
  /** Name of its variable of representations. */
  readonly variable: string;
  readonly steps: readonly FetchStep[];
}

/** One call to one subgraph. Fetches of one subgraph that could be sent at the same time are one request. */
export interface FetchRequest {
  readonly subgraph: string;
  readonly send: Send;
  readonly operation: string;
  readonly operationName: string | undefined;
  readonly operationKind: 'query' | 'mutation';
  /** Variables by their name in the operation and in the client's. */
  readonly variables: readonly { readonly name: string; readonly from: string }[];
  /** Indexes of the requests that have to be answered first; all of them lower than its own. */
  readonly after: readonly number[];
  /** The same, and all that those wait for. */
  readonly ancestors: readonly number[];
  readonly content: RequestContent;
}

/** A fetch that begins at a root type, lists of entities, or entities by their contexts. `walk` leads to the objects that they add to. */
export type RequestContent =
  | { readonly kind: 'root'; readonly step: FetchStep; readonly walk: Walk }
  | {
      readonly kind: 'entities';
      readonly lists: readonly EntityList[];
      readonly targets: readonly EntityTarget[];
      readonly walk: Walk;
    }
  | ContextContent;

/** What the walk of an entity request counts: each fetch of each list. */
interface EntityTarget {
  readonly step: FetchStep;
  /** Index of its list. */
  readonly list: number;
}
