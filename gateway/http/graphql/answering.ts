import type { GraphQLFormattedError } from 'graphql';
import { then } from '../../layers';
import type { AskedStep } from '../../operations/asked';
import type { IdSource } from '../../persisted-documents/options';
import { outcomeAnswer } from './answer';
import type { AskingStep } from './asking';
import { documentIds, NO_DOCUMENT_IDS } from './document-id';
import { formattedErrors } from './public-errors';
import { GraphqlBodies, readGraphqlQuery } from './read-request';
import type { StatusRules } from './status-rules';

const NO_ERRORS: readonly GraphQLFormattedError[] = [];

/**
 * Reads what is asked for, asks, and writes the outcome.
 * @param exposeErrorDetails answers carry stack traces: development only
 * @param sources of ids of documents; null: they mean nothing
 */
export function answering(
  ask: AskedStep,
  exposeErrorDetails: boolean,
  rules: StatusRules,
  sources: readonly IdSource[] | null = null,
): AskingStep {
  const ids = sources === null ? NO_DOCUMENT_IDS : documentIds(sources);
  const bodies = new GraphqlBodies(ids);
  return (asking) => {
    const { request, text, type } = asking;
    const asked = text === null ? readGraphqlQuery(request, ids) : bodies.read(text, request);
    asking.asked = asked;
    return then(ask(asked, request), (outcome) => {
      if (outcome.errors.length === 0) return outcomeAnswer(outcome, NO_ERRORS, type, rules);
      const errors = formattedErrors(outcome, exposeErrorDetails, request.id);
      asking.errorCodes = errors.map((error) => error.extensions?.code);
      return outcomeAnswer(outcome, errors, type, rules);
    });
  };
}
