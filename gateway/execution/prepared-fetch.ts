import type { GraphQLError } from 'graphql';
import type { FetchContent } from '../transport/fetch-answer';
import type { FetchOperation, Representations } from '../transport/fetch-request';
import type { FlattenElement, Path, PathElement } from './paths';
import type { WithheldErrors } from './withheld-errors';

/** A place that a fetch adds to: the list indexes on the way there. The keys between them are the fetch's own path. */
export type Target = readonly number[];

/** Receiver of a subgraph's answer: the run that is under way. */
export interface AnswerSink {
  readonly isFullOfErrors: boolean;
  /** Keeps what fetch `id` answered for the element at `indexes`. */
  keepAnswer(id: number, indexes: readonly number[], answer: unknown): void;
  /** @param covers places whose nulls this error explains, when not just its own path */
  addError(error: GraphQLError, covers?: readonly Path[]): void;
  /** To be asked once a fetch has errors; null: clients see those of this subgraph. */
  withheldOf(subgraph: string): WithheldErrors | null;
}

/** A request that is about to be sent. Does not depend on the run that it was prepared in. */
export interface PreparedFetch {
  readonly lists: readonly Representations[];
  /** Members of the JSON object of the other variables that the client did not give. */
  readonly variables: readonly string[];
  /** When it is not that of the request: it depends on what was answered so far. */
  readonly operation?: FetchOperation;
  /** @throws {HeadgateError} SUBGRAPH_RESPONSE_INVALID; nothing is kept then */
  accept(answer: FetchContent, into: AnswerSink): void;
  /** Called instead of {@link accept} when there is no answer. */
  fail(error: unknown, into: AnswerSink): void;
}

/** Makes the path of a target in the client's answer. Only errors need it, so it is not kept for each target. */
export function pathOf(elements: readonly FlattenElement[], target: Target): Path {
  const path: PathElement[] = [];
  let used = 0;
  for (const { key, lists } of elements) {
    path.push(key);
    for (let list = 0; list < lists; list++) path.push(target[used++] ?? 0);
  }
  return path;
}
