import type { GraphQLSchema } from 'graphql';
import { GraphQLError } from 'graphql';
import { unlessCancelled } from '../../cancellation';
import { Facts } from '../../facts';
import { Flight } from '../../flight';
import { stringifyJson } from '../../json/stringify';
import { type AskedStep, type Outcome, refused } from '../../operations/asked';
import { CANCELLED_FIRST_MS } from '../../operations/flights';
import { documentReader } from '../../operations/read-document';
import { noQuery, subscriptionRefused } from '../../operations/refusals';
import type { FetchStep } from '../../transport/fetch';
import type { SubgraphError } from '../../transport/fetch-answer';
import { FetchOperation, FetchRequest, NO_REPRESENTATIONS } from '../../transport/fetch-request';

/** Answers operations by `answer` as a GraphQL service would: checked against the schema first, nothing planned. */
export function answerOperations(schema: GraphQLSchema, answer: FetchStep, timeoutMs: number): AskedStep {
  const read = documentReader(schema, { hideSuggestions: false, introspection: true });
  return ({ query, operationName, variables = {} }, call) => {
    if (query === undefined) return refused([noQuery()]);
    const found = read(query, operationName);
    if (!('operation' in found)) return refused(found);
    const { operation: kind, name } = found.operation;
    call.operation = { kind, name: name?.value ?? null };
    if (kind === 'subscription') return refused([subscriptionRefused()]);
    // It has one client, and may read all that it says.
    const sight = { headers: call.headers, facts: new Facts() };
    const flight = new Flight(sight, call, performance.now() + timeoutMs + CANCELLED_FIRST_MS);
    call.flight = flight;
    call.gone.onCancel(() => call.gone.reason !== null && flight.cancel(call.gone.reason));
    const operation = new FetchOperation(query, operationName, kind);
    const request = new FetchRequest(operation, NO_REPRESENTATIONS, `${stringifyJson(variables)}`);
    return unlessCancelled(answered(answer, request, flight), call.gone);
  };
}

async function answered(answer: FetchStep, request: FetchRequest, flight: Flight): Promise<Outcome> {
  const { content } = await answer(request, flight);
  const { data, errors } = content;
  return { data, errors: errors.map(asGraphqlError), headers: flight.answerHeaders };
}

function asGraphqlError({ message, path, extensions = {} }: SubgraphError): GraphQLError {
  return new GraphQLError(message, { extensions, ...(path === undefined ? {} : { path }) });
}
