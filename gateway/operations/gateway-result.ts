import type { GatewayExecutionResult } from '@apollo/server-gateway-interface';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { withoutTexts } from '../execution/json-text';
import type { Outcome } from './asked';

/** Makes of an outcome what Apollo Server takes from its gateway. */
export function gatewayResult({ data, errors, extensions }: Outcome): GatewayExecutionResult {
  const own = errors.map(asGraphqlError);
  return {
    ...(data === undefined ? {} : { data: withoutTexts(data) }),
    ...(own.length === 0 ? {} : { errors: data === undefined ? own : own.map(keepHttp) }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

function asGraphqlError(error: GraphQLError | GraphQLFormattedError): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const { message, path, extensions = {} } = error;
  return new GraphQLError(message, { extensions, ...(path === undefined ? {} : { path }) });
}

/**
 * Apollo Server takes `extensions.http` of an error for the status of the whole answer and removes it. That of a subgraph's
 * error is information for the client: what is not quite the form that Apollo Server looks for is left alone.
 */
function keepHttp(error: GraphQLError): GraphQLError {
  const { http } = error.extensions;
  if (typeof http === 'object' && http !== null && !('headers' in http))
    Object.defineProperty(http, 'headers', { value: null, enumerable: false });
  return error;
}
