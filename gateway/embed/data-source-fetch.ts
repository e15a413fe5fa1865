import type { GraphQLDataSource } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import { Deadline } from '../deadline';
import { HeadgateError } from '../errors';
import type { Flight } from '../flight';
import type { FetchBase, FetchStep } from '../transport/fetch';
import type { FetchAnswer } from '../transport/fetch-answer';
import { fetchFailure } from '../transport/fetch-failure';
import { allVariables, type FetchOperation, type FetchRequest } from '../transport/fetch-request';
import type { SubgraphOptions } from '../transport/options';
import { NO_READS } from '../transport/reads';
import { GraphQLDataSourceRequestKind } from './apollo-gateway-internals';
import { DataSourceAnswer, readDataSourceAnswer } from './data-source-answer';
import { answerOfThrown } from './data-source-failure';
import { HOST_REQUEST } from './host-call';

/** It sees the host's own request: what it answers is for nobody else. */
const READS = { ...NO_READS, facts: [HOST_REQUEST], isPrivate: true };

/** Asks a subgraph through a data source of the host's. Which headers are sent is for that to say. */
export function overDataSource(options: SubgraphOptions, source: GraphQLDataSource): FetchBase {
  return { reads: READS, wire: ({ call }) => call(askSource(options, source)) };
}

function askSource({ name, responseDepthMax }: SubgraphOptions, source: GraphQLDataSource): FetchStep {
  const ask = async (options: ProcessOptions, operation: FetchOperation, flight: Flight): Promise<FetchAnswer> => {
    try {
      const working = source.process(options);
      const response: GatewayGraphQLResponse = await beforeDeadline(working, flight, () => late(operation, name));
      return new DataSourceAnswer(readDataSourceAnswer(name, response, responseDepthMax), response.http);
    } catch (error) {
      return answerOfThrown(name, error, operation.kind);
    }
  };
  return (request, flight) =>
    ask(optionsFor(request, flight), request.operation, flight).catch((error) => {
      throw fetchFailure(name, error, { attempts: 1 });
    });
}

type ProcessOptions = Parameters<GraphQLDataSource['process']>[0];

function optionsFor(request: FetchRequest, { facts }: Flight): ProcessOptions {
  const { text, name } = request.operation;
  const incoming = facts.get(HOST_REQUEST);
  if (incoming === undefined) throw new Error('this flight is of no request of Apollo Server');
  return {
    kind: GraphQLDataSourceRequestKind.INCOMING_OPERATION,
    request: {
      query: text,
      variables: JSON.parse(allVariables(request)),
      ...(name === undefined ? {} : { operationName: name }),
    },
    incomingRequestContext: incoming,
    context: incoming.context,
  };
}

/** The data source goes on after the deadline: nothing could stop it. */
function beforeDeadline<T>(
  working: Promise<T>,
  { deadlineAt, cancellation }: Flight,
  late: () => HeadgateError,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const deadline = new Deadline(deadlineAt - performance.now(), () => reject(late()));
    const stopListening = cancellation.onCancel(() => reject(cancellation.reason));
    const done = () => {
      deadline.cancel();
      stopListening();
    };
    working.then(resolve, reject).then(done, done);
  });
}

function late({ kind }: FetchOperation, service: string): HeadgateError {
  const details = { service };
  return kind === 'mutation'
    ? new HeadgateError('MUTATION_OUTCOME_UNKNOWN', `${service} did not answer a mutation in time`, { details })
    : new HeadgateError('SUBGRAPH_TIMEOUT', `${service} did not answer in time`, { details });
}
