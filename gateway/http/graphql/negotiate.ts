import { HeadgateError } from '../../errors';
import { chooseAnswerType } from './answer-type';
import type { AskingLayer } from './asking';

/** Chooses the media type of the answer, and refuses a client that accepts none of GraphQL's. */
export const negotiate: AskingLayer = {
  name: 'negotiate',
  wrap: (next) => (asking) => {
    const type = chooseAnswerType(asking.request.headers.accept);
    if (type === null) {
      const wanted = 'application/graphql-response+json or application/json';
      throw new HeadgateError('NOT_ACCEPTABLE', `the accept header allows neither ${wanted}`);
    }
    asking.type = type;
    return next(asking, undefined);
  },
};
