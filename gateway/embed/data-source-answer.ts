import { HeadgateError } from '../errors';
import { readResponse } from '../transport/parse-answer';
import type { SubgraphAnswer } from '../transport/send';

/**
 * Reads what a data source answered, which a subclass may have made or changed.
 * @throws {HeadgateError} SUBGRAPH_RESPONSE_INVALID, SUBGRAPH_RESPONSE_TOO_LARGE (nested too deeply)
 */
export function readDataSourceAnswer(service: string, response: unknown, depthMax: number): SubgraphAnswer {
  const { data, errors } = isObject(response) ? response : {};
  const details = { service };
  const given = { data, ...(errors === undefined ? {} : { errors: asPlain(errors) }) };
  const answer = readResponse(given, 0);
  if (answer === null) {
    const message = `${service} answered something that is not a GraphQL response`;
    throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', message, { details });
  }
  if (!sound(answer.data, depthMax)) {
    const message = `the answer of ${service} is nested more than ${depthMax} levels deep`;
    throw new HeadgateError('SUBGRAPH_RESPONSE_TOO_LARGE', message, { details });
  }
  return answer;
}

/** Errors that a subclass made are GraphQLErrors: their members are not all own. */
function asPlain(errors: unknown): unknown {
  if (!Array.isArray(errors)) return errors;
  return errors.map((error) =>
    isObject(error) ? { message: error.message, path: error.path, extensions: error.extensions } : error,
  );
}

/** False when `value` is nested too deeply. Removes keys `__proto__`, which JSON.parse makes and copying turns into prototypes. */
function sound(value: unknown, levelsLeft: number): boolean {
  if (!isObject(value)) return true;
  if (levelsLeft <= 0) return false;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  return Object.values(value).every((child) => sound(child, levelsLeft - 1));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
