import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Call } from '../call';
import type { ErrorBehavior } from '../execution/error-behavior';
import type { Layer, Step } from '../layers';

/** An operation as a client asks for it, over whatever protocol. */
export interface Asked {
  /** Undefined while something stands for it: the id of a document, or the hash of a persisted query. */
  readonly query: string | undefined;
  /** The id of a persisted document, as far as ids mean something. */
  readonly documentId?: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  /** `PROPAGATE` when absent. */
  readonly onError?: ErrorBehavior;
  /** Equal for equal requests; null: nobody knows, and nothing is shared. */
  readonly key: string | null;
  /** Mutations are refused: it came in a way that proxies repeat. */
  readonly isReadOnly: boolean;
  /** Whoever asks changes the answer: it holds no object that is somebody else's. */
  readonly ownsAnswer: boolean;
}

/** An answer before it is written. */
export interface Outcome {
  /** Undefined: the request was refused. Objects may be shared with other answers: a layer that changes something makes it anew. */
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  /** As they happened; what of an error reaches the client is decided when it is written. Formatted ones are written as they are. */
  readonly errors: readonly (GraphQLError | GraphQLFormattedError)[];
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** Headers of subgraph answers that rules hand on, lower-case names. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Wishes of whoever answered in place of the engine. */
  readonly http?: { readonly status: number | undefined; readonly headers: Iterable<readonly [string, string]> };
}

export type AskedStep = Step<Asked, Outcome, Call>;
export type AskedLayer = Layer<Asked, Outcome, Call>;

const NO_HEADERS: Outcome['headers'] = new Map();

/** Refuses a request: nothing was executed. */
export function refused(errors: readonly GraphQLError[]): Outcome {
  return { data: undefined, errors, headers: NO_HEADERS };
}
