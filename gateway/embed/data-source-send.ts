import type { GraphQLDataSource } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import type { Cancellation } from '../cancellation';
import { Deadline } from '../deadline';
import { HeadgateError, isHeadgateError } from '../errors';
import type { Flight } from '../flight';
import type { OwnSend } from '../serving';
import type { SubgraphOptions } from '../transport/options';
import { NO_READS } from '../transport/reads';
import type { Send, SubgraphAnswer, SubgraphRequest } from '../transport/send';
import { GraphQLDataSourceRequestKind } from './apollo-gateway-internals';
import { readDataSourceAnswer } from './data-source-answer';
import { answerOfThrown } from './data-source-failure';
import { HOST_REQUEST } from './host-call';

/** The verb of a subgraph that is reached through a data source of the host's, which sees the host's request. */
export function createDataSourceSend(options: SubgraphOptions, source: GraphQLDataSource): OwnSend {
  const service = options.name;

  async function ask(request: SubgraphRequest, flight: Flight, deadlineAt: number): Promise<SubgraphAnswer> {
    const { operation, operationName, variables } = request;
    const incoming = flight.facts.get(HOST_REQUEST);
    if (incoming === undefined) throw new Error('this flight is of no request of Apollo Server');
    try {
      const working = source.process({
        kind: GraphQLDataSourceRequestKind.INCOMING_OPERATION,
        request: {
          query: operation,
          variables: JSON.parse(variables),
          ...(operationName === undefined ? {} : { operationName }),
        },
        incomingRequestContext: incoming,
        context: incoming.context,
      });
      const response: GatewayGraphQLResponse = await beforeDeadline(working, deadlineAt, flight.cancellation, () =>
        late(request, service),
      );
      return readDataSourceAnswer(service, response, options.responseDepthMax);
    } catch (error) {
      return answerOfThrown(service, error, request.operationKind);
    }
  }

  const send: Send = async (request, flight) => {
    const startedAt = performance.now();
    const deadlineAt = Math.min(startedAt + options.timeoutMs, flight.deadlineAt);
    try {
      const answer = await ask(request, flight, deadlineAt);
      record(flight, service, startedAt, null);
      return answer;
    } catch (error) {
      record(flight, service, startedAt, isHeadgateError(error) ? error.code : 'INTERNAL');
      throw error;
    }
  };
  return { send, reads: { ...NO_READS, facts: [HOST_REQUEST] } };
}

/** The data source goes on after the deadline: nothing could stop it. */
function beforeDeadline<T>(
  working: Promise<T>,
  deadlineAt: number,
  cancellation: Cancellation,
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

function late({ operationKind }: SubgraphRequest, service: string): HeadgateError {
  const details = { service };
  return operationKind === 'mutation'
    ? new HeadgateError('MUTATION_OUTCOME_UNKNOWN', `${service} did not answer a mutation in time`, { details })
    : new HeadgateError('SUBGRAPH_TIMEOUT', `${service} did not answer in time`, { details });
}

/** Bytes and status stay inside the data source. */
function record(flight: Flight, subgraph: string, startedAt: number, errorCode: string | null): void {
  flight.record({
    subgraph,
    instance: null,
    attempts: 1,
    startMs: startedAt - flight.startedAt,
    durationMs: performance.now() - startedAt,
    requestBytes: 0,
    responseBytes: 0,
    status: null,
    errorCode,
  });
}
