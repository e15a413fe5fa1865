import { settle } from '../../layers';
import { publicError } from '../error-answer';
import { failureAnswer } from './answer';
import type { AskingLayer } from './asking';

/** Answers what fails in the form of GraphQL, in words that tell a client nothing of the inside. */
export const graphqlFailures: AskingLayer = {
  name: 'failures',
  wrap: (next) => (asking) =>
    settle(
      () => next(asking, undefined),
      (answer) => answer,
      (error) => {
        const failure = publicError(error, 'graphql');
        asking.errorCodes = [failure.code];
        return failureAnswer(failure, asking.type);
      },
    ),
};
