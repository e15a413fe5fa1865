import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isHeadgateError } from '../../errors';
import { announce } from '../../events';
import type { Outcome } from '../../operations/asked';
import { INTROSPECTION_OFF } from '../../supergraph/validation';

/** Apollo Server's code for every error without one, and its message for what went wrong inside of it. */
const UNCODED = 'INTERNAL_SERVER_ERROR';
const MASKED = 'Internal server error';

/** Apollo Server's own message is about its constructor, which is nothing to a client. */
function introspectionOff(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: INTROSPECTION_OFF };
}

/** What was thrown, once every GraphQLError around it is taken off; undefined when a GraphQLError was the origin. */
function thrownInside(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  return error.originalError === undefined ? undefined : thrownInside(error.originalError);
}

/**
 * Decides what of an error reaches the client: a GraphQLError (of validation, of the engine, of a subgraph) and a
 * HeadgateError pass; any other exception is a defect, kept back and announced as `internal.error`.
 * @param id of the request: by it the log has what was kept back
 */
export function publicGraphqlError(
  formatted: GraphQLFormattedError,
  error: unknown,
  exposeErrorDetails: boolean,
  id?: string,
): GraphQLFormattedError {
  if (formatted.extensions?.validationErrorCode === 'INTROSPECTION_DISABLED') return introspectionOff(formatted);
  const inside = thrownInside(error);
  if (inside === undefined) return formatted;
  if (isHeadgateError(inside) && inside.code !== 'INTERNAL') {
    return { ...formatted, extensions: { ...formatted.extensions, ...inside.details, code: inside.code } };
  }
  const code = formatted.extensions?.code;
  if (code !== undefined && code !== UNCODED) return formatted;
  // Apollo Server's own wrapper carries this message and nothing else; what it wraps was announced before.
  if (!(inside instanceof Error) || inside.message !== MASKED)
    announce('internal.error', { id, where: 'an operation', error: inside });
  if (exposeErrorDetails) return formatted;
  const { locations, path } = formatted;
  const extensions = { code: UNCODED, ...(id && { errorId: id }) };
  return { message: MASKED, ...(locations && { locations }), ...(path && { path }), extensions };
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** Status and headers that an error wishes for the whole answer; null when what it has there is something else. */
export function httpOf(http: unknown): { status: number | undefined; headers: ReadonlyMap<string, string> } | null {
  if (typeof http !== 'object' || http === null) return null;
  const { status, headers = NO_HEADERS } = http as Record<string, unknown>; // as: an object
  if (status !== undefined && typeof status !== 'number') return null;
  return headers instanceof Map ? { status, headers } : null;
}

/**
 * Forms the errors of an answer as clients see them: every one has a code, and wishes of a request that was refused are not
 * told twice. What is formed already stays as it is.
 * @param exposeDetails with stack traces
 * @param id of the request
 */
export function formattedErrors(
  { data, errors }: Outcome,
  exposeDetails: boolean,
  id: string,
): readonly GraphQLFormattedError[] {
  return errors.map((error) =>
    error instanceof GraphQLError ? formatted(error, data !== undefined, exposeDetails, id) : error,
  );
}

function formatted(error: GraphQLError, hasData: boolean, exposeDetails: boolean, id: string): GraphQLFormattedError {
  const extensions: Record<string, unknown> = { ...error.extensions, code: error.extensions.code ?? UNCODED };
  if (!hasData && httpOf(extensions.http) !== null) delete extensions.http;
  if (exposeDetails) extensions.stacktrace = error.stack?.split('\n');
  return publicGraphqlError({ ...error.toJSON(), extensions }, error, exposeDetails, id);
}
