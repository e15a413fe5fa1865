import { GraphQLError } from 'graphql';
import type { Parts } from './parts';
import type { Run } from './run';
import { UnauthorizedError } from './unauthorized-error';

/**
 * Makes the client's value of what the subgraphs answered. Answers `null` for a null that nobody has explained yet and
 * `undefined` for one with its error already added; a non-null type never answers `null`.
 */
export type Complete = (values: Parts, run: Run) => unknown;

/** Completes values of answers that are too large for one turn of the loop: yields when a turn is over. */
export type CompleteInTurns = (values: Parts, run: Run) => Generator<void, unknown, void>;

/** Both ways. What is no list and no object has no turns. */
export interface Completer {
  readonly complete: Complete;
  readonly inTurns: CompleteInTurns | null;
}

/** `Type.field`, for messages. */
export type Coordinate = string;

/** Adds an error at the present path, unless one is there already. */
export function refuse(run: Run, message: string): undefined {
  if (!run.tracksPath) run.needsPath = true;
  else if (run.needsError()) {
    // What the subgraph did not answer because of another error is not its fault.
    const code = run.isExplained() ? 'DOWNSTREAM_SERVICE_ERROR' : 'SUBGRAPH_RESPONSE_INVALID';
    run.addError(new GraphQLError(message, { path: [...run.path], extensions: { code } }));
  }
  return undefined;
}

/** Adds the error of a field that whoever asks may not have, unless an error is there already. */
export function refuseUnauthorized(run: Run): undefined {
  if (!run.tracksPath) run.needsPath = true;
  else if (run.needsError()) run.addError(new UnauthorizedError([...run.path]));
  return undefined;
}

function nonNull(result: unknown, run: Run, coordinate: Coordinate): unknown {
  return result === null ? refuse(run, `Cannot return null for non-nullable field ${coordinate}.`) : result;
}

/** Spec: section 6.4.4, errors and non-null types. */
export function completeNonNull(inner: Complete, coordinate: Coordinate): Complete {
  return (values, run) => nonNull(inner(values, run), run, coordinate);
}

/** {@link completeNonNull}, both ways. */
export function nonNullCompleter({ complete, inTurns }: Completer, coordinate: Coordinate): Completer {
  return {
    complete: completeNonNull(complete, coordinate),
    inTurns:
      inTurns === null
        ? null
        : function* (values, run) {
            return nonNull(yield* inTurns(values, run), run, coordinate);
          },
  };
}

/** @returns undefined when an element is null that must not be */
export function completeList(
  list: readonly unknown[],
  run: Run,
  isElementNonNull: boolean,
  completeElement: (index: number) => unknown,
): unknown[] | undefined {
  run.size.addList(list.length);
  const result = new Array<unknown>(list.length);
  const depth = run.indexes.length;
  for (let index = 0; index < list.length; index++) {
    run.indexes[depth] = index;
    if (run.tracksPath) run.path.push(index);
    const element = completeElement(index);
    if (run.tracksPath) run.path.pop();
    if (element === undefined && isElementNonNull && run.onError !== 'NULL') {
      run.indexes.length = depth;
      return undefined;
    }
    result[index] = element ?? null;
  }
  run.indexes.length = depth;
  return result;
}

/** {@link completeList} in turns. */
export function* completeListInTurns(
  list: readonly unknown[],
  run: Run,
  isElementNonNull: boolean,
  completeElement: (index: number) => Generator<void, unknown, void>,
): Generator<void, unknown[] | undefined, void> {
  run.size.addList(list.length);
  const result: unknown[] = [];
  const depth = run.indexes.length;
  for (let index = 0; index < list.length; index++) {
    if (run.size.turnIsOver) yield;
    run.indexes[depth] = index;
    if (run.tracksPath) run.path.push(index);
    const element = yield* completeElement(index);
    if (run.tracksPath) run.path.pop();
    if (element === undefined && isElementNonNull && run.onError !== 'NULL') {
      run.indexes.length = depth;
      return undefined;
    }
    result.push(element ?? null);
  }
  run.indexes.length = depth;
  return result;
}
