import { GraphQLError } from 'graphql';
import type { Parts } from './parts';
import type { Run } from './run';

/**
 * Makes the client's value of what the subgraphs answered. Answers `null` for a null that nobody has explained yet and
 * `undefined` for one with its error already added; a non-null type never answers `null`.
 */
export type Complete = (values: Parts, run: Run) => unknown;

/** `Type.field`, for messages. */
export type Coordinate = string;

/** Adds an error at the present path, unless one is there already. */
export function refuse(run: Run, message: string): undefined {
  if (!run.tracksPath) run.needsPath = true;
  else if (!run.isExplained())
    run.addError(new GraphQLError(message, { path: [...run.path], extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } }));
  return undefined;
}

/** Spec: section 6.4.4, errors and non-null types. */
export function completeNonNull(inner: Complete, coordinate: Coordinate): Complete {
  return (values, run) => {
    const result = inner(values, run);
    return result === null ? refuse(run, `Cannot return null for non-nullable field ${coordinate}.`) : result;
  };
}

/** @returns undefined when an element is null that must not be */
export function completeList(
  list: readonly unknown[],
  run: Run,
  isElementNonNull: boolean,
  completeElement: (index: number) => unknown,
): unknown[] | undefined {
  const result = new Array<unknown>(list.length);
  const depth = run.indexes.length;
  for (let index = 0; index < list.length; index++) {
    run.indexes[depth] = index;
    if (run.tracksPath) run.path.push(index);
    const element = completeElement(index);
    if (run.tracksPath) run.path.pop();
    if (element === undefined && isElementNonNull) {
      run.indexes.length = depth;
      return undefined;
    }
    result[index] = element ?? null;
  }
  run.indexes.length = depth;
  return result;
}
