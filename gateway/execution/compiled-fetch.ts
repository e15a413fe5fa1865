import type { Rewrite } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import type { FlattenElement } from './paths';
import type { BuildRepresentation } from './representation';
import type { Misfit } from './run';

/** A field that a fetch asks of an entity. */
interface RequiringField {
  /** The client's response key. */
  readonly key: string;
  readonly coordinate: string;
  /** Whether it is one of those that a list is required for. */
  readonly requires: boolean;
}

/** One fetch node, ready to run. */
export interface CompiledFetch {
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
