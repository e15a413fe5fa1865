import { type ErrorCode, HeadgateError } from '../errors';
import type { AttemptFailure } from './attempt';
import { ownFault } from './own-fault';
import type { AttemptSummary } from './pool';

/** A mutation whose bytes are out: it may have been executed, so it is neither stopped nor sent again. */
export function sentInVain(repeatable: boolean, sent: boolean): boolean {
  return !repeatable && sent;
}

/** The error of a call whose last attempt failed. Names the pool; the instance's URL is in the cause only. */
export function callError(
  pool: string,
  repeatable: boolean,
  sent: boolean,
  failure: AttemptFailure,
  url: string,
  { details }: { readonly details: AttemptSummary & Record<string, unknown> },
): HeadgateError {
  const [code, message] = describe(pool, sentInVain(repeatable, sent), failure);
  const reason = 'error' in failure ? failure.error : failure.kind;
  return new HeadgateError(code, message, { details, cause: new Error(`attempt at ${url} failed`, { cause: reason }) });
}

function describe(pool: string, unknowable: boolean, failure: AttemptFailure): readonly [ErrorCode, string] {
  if (failure.kind === 'too-large') return ['SUBGRAPH_RESPONSE_TOO_LARGE', `the answer of ${pool} is too large`];
  if (failure.kind === 'no-room')
    return ['GATEWAY_OVERLOADED', `the answers under way leave no room for that of ${pool}; try again shortly`];
  if (failure.kind === 'cancelled') return ['REQUEST_CANCELLED', `the request to ${pool} was cancelled`];
  if (failure.kind === 'unsendable') return ['INTERNAL', `the request to ${pool} cannot be written`];
  if (unknowable) {
    return ['MUTATION_OUTCOME_UNKNOWN', `${pool} was sent a mutation and gave no answer; it was not sent again`];
  }
  switch (failure.kind) {
    case 'local':
      return ['GATEWAY_EXHAUSTED', `${pool} was not asked: ${ownFault(failure.error) ?? 'this gateway could not'}`];
    case 'connect':
      return ['SUBGRAPH_UNREACHABLE', `${pool} cannot be reached`];
    case 'timeout':
      return ['SUBGRAPH_TIMEOUT', `${pool} did not answer in time`];
    case 'reset':
      return ['SUBGRAPH_UNREACHABLE', `the connection to ${pool} broke before its answer was complete`];
    case 'protocol':
      return ['SUBGRAPH_RESPONSE_INVALID', `${pool} answered something that is not valid HTTP`];
  }
}
