import { HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import type { FetchAnswer } from '../transport/fetch-answer';
import type { FetchOperation } from '../transport/fetch-request';
import { DataSourceAnswer } from './data-source-answer';

/** Nothing was sent. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN']);
/** The request may have arrived. */
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Decides what the client learns of an error that a data source threw. One with `extensions` was made for clients and passes
 * as an error of the subgraph, without the subgraph's URL and body; of any other only its kind is told.
 * @throws {HeadgateError} SUBGRAPH_UNREACHABLE, MUTATION_OUTCOME_UNKNOWN, DATA_SOURCE_FAILED
 */
export function answerOfThrown(service: string, thrown: unknown, kind: FetchOperation['kind']): FetchAnswer {
  if (isHeadgateError(thrown)) throw thrown;
  if (isMadeForClients(thrown)) {
    const { message, extensions } = thrown;
    const error = { message, path: undefined, extensions: publicExtensions(extensions) };
    return new DataSourceAnswer({ data: null, errors: [error], extensions: null, bytes: 0 }, extensions.response);
  }
  const details = { service };
  const code = String(codeOf(thrown));
  if (BROKEN_OFF.has(code) && kind === 'mutation') {
    const message = `the connection to ${service} broke after a mutation may have been sent`;
    throw new HeadgateError('MUTATION_OUTCOME_UNKNOWN', message, { details, cause: thrown });
  }
  if (UNREACHABLE.has(code) || BROKEN_OFF.has(code)) {
    const message = `subgraph ${service} could not be reached`;
    throw new HeadgateError('SUBGRAPH_UNREACHABLE', message, { details, cause: thrown });
  }
  announce('internal.error', { where: `data source of subgraph ${service}`, error: thrown });
  throw new HeadgateError('DATA_SOURCE_FAILED', `the data source of ${service} failed`, { details, cause: thrown });
}

/** GraphQLError of whichever copy of graphql, and what older Apollo Servers threw. */
function isMadeForClients(thrown: unknown): thrown is Error & { readonly extensions: Record<string, unknown> } {
  return thrown instanceof Error && 'extensions' in thrown && isRecord(thrown.extensions);
}

function publicExtensions({ response, http, ...extensions }: Record<string, unknown>): Record<string, unknown> {
  if (isRecord(response)) {
    // RemoteGraphQLDataSource's own error for an HTTP status.
    return { code: 'SUBGRAPH_HTTP_ERROR', ...extensions, http: { status: response.status } };
  }
  // Apollo Server takes a status only from an `http` that is complete; whoever threw it in this process meant it.
  return isRecord(http) ? { ...extensions, http: { headers: new Map(), ...http } } : extensions;
}

function codeOf(thrown: unknown): unknown {
  return isRecord(thrown) ? thrown.code : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
