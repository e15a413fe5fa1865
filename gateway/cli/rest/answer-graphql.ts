import type { GraphQLSchema } from 'graphql';
import { GraphQLError } from 'graphql';
import { unlessCancelled } from '../../cancellation';
import { Facts } from '../../facts';
import { Flight } from '../../flight';
import { stringifyJson } from '../../json/stringify';
import { type AskedStep, type Outcome, refused } from '../../operations/asked';
import { documentReader } from '../../operations/read-document';
import { noQuery, subscriptionRefused } from '../../operations/refusals';
import type { Send, SubgraphError } from '../../transport/send';

/** Answers operations over `send` as a GraphQL service would: checked against the schema first, nothing planned. */
export function answerOperations(schema: GraphQLSchema, send: Send, timeoutMs: number): AskedStep {
  const read = documentReader(schema, { hideSuggestions: false, introspection: true });
  return ({ query, operationName, variables = {} }, call) => {
    if (query === undefined) return refused([noQuery()]);
    const found = read(query, operationName);
    if (!('operation' in found)) return refused(found);
    const { operation: operationKind, name } = found.operation;
    call.operation = { kind: operationKind, name: name?.value ?? null };
    if (operationKind === 'subscription') return refused([subscriptionRefused()]);
    // It has one client, and may read all that it says.
    const sight = { headers: call.headers, facts: new Facts() };
    const flight = new Flight(sight, call, performance.now() + timeoutMs);
    call.flight = flight;
    call.gone.onCancel(() => call.gone.reason !== null && flight.cancel(call.gone.reason));
    const asked = { operation: query, operationName, operationKind, variables: `${stringifyJson(variables)}` };
    return unlessCancelled(answered(send, asked, flight), call.gone);
  };
}

async function answered(send: Send, asked: Parameters<Send>[0], flight: Flight): Promise<Outcome> {
  const { data, errors } = await send(asked, flight);
  return { data, errors: errors.map(asGraphqlError), headers: flight.answerHeaders };
}

function asGraphqlError({ message, path, extensions = {} }: SubgraphError): GraphQLError {
  return new GraphQLError(message, { extensions, ...(path === undefined ? {} : { path }) });
}
