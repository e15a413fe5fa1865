import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isHeadgateError } from '../errors';
import { announce } from '../events';

/** Apollo Server's code for every error without one, and its message for what went wrong inside of it. */
const UNCODED = 'INTERNAL_SERVER_ERROR';
const MASKED = 'Internal server error';

/** Apollo Server's own message is about its constructor, which is nothing to a client. */
function introspectionOff(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: 'introspection is off: this gateway does not answer __schema and __type' };
}

/** What was thrown, once every GraphQLError around it is taken off; undefined when a GraphQLError was the origin. */
function thrownInside(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  return error.originalError === undefined ? undefined : thrownInside(error.originalError);
}

/**
 * Decides what of an error reaches the client: a GraphQLError (of validation, of the engine, of a subgraph) and a
 * HeadgateError pass; any other exception is a defect, kept back and announced as `internal.error`.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  exposeErrorDetails: boolean,
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
    announce('internal.error', { where: 'apollo', error: inside });
  if (exposeErrorDetails) return formatted;
  const { locations, path } = formatted;
  return { message: MASKED, ...(locations && { locations }), ...(path && { path }), extensions: { code: UNCODED } };
}
