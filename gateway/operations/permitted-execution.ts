import type { OperationDefinitionNode } from 'graphql';
import type { Authorization } from '../authorization/authorization';
import { isAskedFor } from '../authorization/refused-places';
import { announce } from '../events';
import { UnauthorizedError } from '../execution/unauthorized-error';
import { then } from '../layers';
import type { PermittedPart } from './guarded-operation';
import type { Execution, PreparedOperation } from './prepared-operation';

type Execute = PreparedOperation['execute'];

/** Paths that are told at once. */
const TOLD_MAX = 20;

/** Tells what of an operation was refused, or would have been. */
export function announceRefused(
  id: string,
  { name }: OperationDefinitionNode,
  paths: readonly (readonly (string | number)[])[],
  mode: 'filter' | 'reject' | 'dry_run',
): void {
  const told = [...new Set(paths.map((path) => path.filter((key) => typeof key === 'string').join('.')))];
  announce('operation.unauthorized', {
    id,
    operationName: name?.value ?? null,
    mode,
    paths: told.slice(0, TOLD_MAX),
    count: told.length,
  });
}

/** Executes what is permitted of an operation, and makes of the errors at the other places what is wished. */
export function permittedExecution(
  { places, planned, isRootRefused }: PermittedPart,
  operation: OperationDefinitionNode,
  authorization: Authorization,
  mode: 'filter' | 'reject',
  execute: Execute,
): Execute {
  const filtered: Execute = (variables, flight, ...how) => {
    if (isRootRefused) return { data: null, errors: [new UnauthorizedError([])] };
    return execute(variables, flight, ...how);
  };
  return (variables, flight, ...how) => {
    const [, onError] = how;
    if (mode === 'reject') {
      const paths = places.filter((one) => isAskedFor(one, operation, variables)).map(({ path }) => path);
      if (paths.length > 0) {
        announceRefused(flight.id, operation, paths, mode);
        return { data: undefined, errors: paths.map((path) => new UnauthorizedError(path, true)) };
      }
    }
    return then(filtered(variables, flight, ...how), (executed) => {
      if (executed.data === undefined) return executed;
      const refused = executed.errors.filter((error) => error instanceof UnauthorizedError);
      if (refused.length === 0) return executed;
      announceRefused(
        flight.id,
        operation,
        refused.map(({ path = [] }) => path),
        mode,
      );
      // Nothing is left of it. Who wants nulls where they are has them there.
      const isNothing = planned === null && onError !== 'NULL';
      return told(isNothing ? { ...executed, data: null } : executed, refused, authorization);
    });
  };
}

/** Moves errors to where they are wished. */
function told(executed: Execution, refused: readonly UnauthorizedError[], { options }: Authorization): Execution {
  if (options.errors === 'errors' || executed.data === undefined) return executed;
  const errors = executed.errors.filter((error) => !(error instanceof UnauthorizedError));
  if (options.errors === 'disabled') return { ...executed, errors };
  return { ...executed, errors, extensions: { authorizationErrors: refused.map((error) => error.toJSON()) } };
}
