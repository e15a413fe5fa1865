import type { GraphQLError } from 'graphql';
import type { Call } from '../../call';
import { HeadgateError } from '../../errors';
import { settle } from '../../layers';
import { ownTurn } from '../../own-turns';
import { decodeText } from '../body';
import { parseMediaType } from '../media-type';
import type { Answer } from '../route';
import type { AskingLayer } from './asking';

/** Of a body that takes several milliseconds to look at. */
const LARGE_CHARACTERS = 100_000;

/**
 * Reads the body of a POST.
 * @param admit says no to a text before it is parsed
 */
export function bodies(admit: (text: string, call: Call) => GraphQLError | null): AskingLayer {
  return {
    name: 'bodies',
    wrap: (next) => (asking) => {
      const { request } = asking;
      if (request.method !== 'POST') return next(asking, undefined);
      const type = request.headers['content-type'];
      if (type !== 'application/json' && parseMediaType(type)?.essence !== 'application/json')
        throw new HeadgateError('UNSUPPORTED_MEDIA_TYPE', 'send the request with "content-type: application/json"');
      const onText = (text: string) => {
        const refused = admit(text, request);
        if (refused !== null) throw tooLarge(refused);
        asking.text = text;
        return next(asking, undefined);
      };
      const onBody = (body: Buffer) => {
        const text = decodeText(body, type);
        return text.length < LARGE_CHARACTERS ? onText(text) : ownTurn().then(() => onText(text));
      };
      return new Promise<Answer>((resolve, reject) => {
        // What is there at once is settled with its value: a promise that another one takes over costs three turns of the microtask queue.
        request.receive((body) => void settle(() => onBody(body), resolve, reject), reject);
      });
    },
  };
}

function tooLarge({ message, extensions: { limit, max } }: GraphQLError): HeadgateError {
  return new HeadgateError('OPERATION_LIMIT_EXCEEDED', message, { details: { limit, max } });
}
