import type { GraphQLFormattedError } from 'graphql';
import { then } from '../../layers';
import type { AskedStep } from '../../operations/asked';
import { outcomeAnswer } from './answer';
import type { AskingStep } from './asking';
import { formattedErrors } from './public-errors';
import { GraphqlBodies, readGraphqlQuery } from './read-request';

const NO_ERRORS: readonly GraphQLFormattedError[] = [];

/**
 * Reads what is asked for, asks, and writes the outcome.
 * @param exposeErrorDetails answers carry stack traces: development only
 */
export function answering(ask: AskedStep, exposeErrorDetails: boolean): AskingStep {
  const bodies = new GraphqlBodies();
  return (asking) => {
    const { request, text, type } = asking;
    const asked = text === null ? readGraphqlQuery(request) : bodies.read(text);
    asking.asked = asked;
    return then(ask(asked, request), (outcome) => {
      if (outcome.errors.length === 0) return outcomeAnswer(outcome, NO_ERRORS, type);
      const errors = formattedErrors(outcome, exposeErrorDetails, request.id);
      asking.errorCodes = errors.map((error) => error.extensions?.code);
      return outcomeAnswer(outcome, errors, type);
    });
  };
}
