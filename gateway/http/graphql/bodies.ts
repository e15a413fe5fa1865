import type { GraphQLError } from 'graphql';
import { HeadgateError } from '../../errors';
import { then } from '../../layers';
import { parseMediaType } from '../media-type';
import type { AskingLayer } from './asking';

/**
 * Reads the body of a POST.
 * @param admit says no to a text before it is parsed
 */
export function bodies(admit: (text: string) => GraphQLError | null): AskingLayer {
  return {
    name: 'bodies',
    wrap: (next) => (asking) => {
      const { request } = asking;
      if (request.method !== 'POST') return next(asking, undefined);
      const type = request.headers['content-type'];
      if (type !== 'application/json' && parseMediaType(type)?.essence !== 'application/json')
        throw new HeadgateError('UNSUPPORTED_MEDIA_TYPE', 'send the request with "content-type: application/json"');
      return then(request.text(), (text) => {
        const refused = admit(text);
        if (refused !== null) throw tooLarge(refused);
        asking.text = text;
        return next(asking, undefined);
      });
    },
  };
}

function tooLarge({ message, extensions: { limit, max } }: GraphQLError): HeadgateError {
  return new HeadgateError('OPERATION_LIMIT_EXCEEDED', message, { details: { limit, max } });
}
