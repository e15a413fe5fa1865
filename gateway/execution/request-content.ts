import type { FetchStep } from '../transport/fetch';
import type { FetchOperation } from '../transport/fetch-request';
import type { CompiledFetch } from './compiled-fetch';
import type { ContextOperation } from './context-operation';
import type { ReadContext } from './context-values';
import type { Parts } from './parts';
import type { Walk } from './targets';

/** Entity fetches that ask for the same: their representations go in one list, each once. */
export interface EntityList {
  /** Response key of its `_entities` in the request. */
  readonly key: string;
  /** Name of its variable of representations. */
  readonly variable: string;
  readonly steps: readonly CompiledFetch[];
}

/** What the walk of an entity request counts: each fetch of each list. */
interface EntityTarget {
  readonly step: CompiledFetch;
  /** Index of its list. */
  readonly list: number;
}

/** Lists of entities. */
export interface EntityContent {
  readonly kind: 'entities';
  readonly lists: readonly EntityList[];
  readonly targets: readonly EntityTarget[];
  readonly walk: Walk;
}

/** A fetch of entities whose fields have arguments by `@fromContext`. */
export interface ContextContent {
  readonly kind: 'contextual';
  readonly step: CompiledFetch;
  readonly walk: Walk;
  readonly read: ReadContext;
  /** Whether an entity is asked for a field with contextual arguments. */
  readonly isContextual: (parts: Parts) => boolean;
  readonly operation: ContextOperation;
}

/** A fetch that begins at a root type, lists of entities, or entities by their contexts. `walk` leads to the objects that they add to. */
export type RequestContent =
  | { readonly kind: 'root'; readonly step: CompiledFetch; readonly walk: Walk }
  | EntityContent
  | ContextContent;

/** One call to one subgraph. Fetches of one subgraph that could be sent at the same time are one request. */
export interface CompiledRequest {
  readonly subgraph: string;
  readonly fetch: FetchStep;
  readonly operation: FetchOperation;
  /** Variables by their name in the operation and in the client's. */
  readonly variables: readonly { readonly name: string; readonly from: string }[];
  /** Indexes of the requests that have to be answered first; all of them lower than its own. */
  readonly after: readonly number[];
  /** The same, and all that those wait for. */
  readonly ancestors: readonly number[];
  readonly content: RequestContent;
}
