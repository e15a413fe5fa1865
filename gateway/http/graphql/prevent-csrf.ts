import { HeadgateError } from '../../errors';
import { parseMediaType } from '../media-type';
import type { AskingLayer } from './asking';

/** What a page elsewhere cannot make a browser send without asking us first (CORS preflight). */
const PREFLIGHTED = ['x-apollo-operation-name', 'apollo-require-preflight'];

/**
 * Refuses a GET that any web page could have made a browser send: its answer would not reach the page, but it would have been
 * executed. A POST must say `application/json`, which no page can say unasked.
 */
export const preventCsrf: AskingLayer = {
  name: 'prevent CSRF',
  wrap: (next) => (asking) => {
    const { method, headers } = asking.request;
    if (method !== 'GET') return next(asking, undefined);
    const type = headers['content-type'];
    if (type !== undefined && parseMediaType(type)?.essence !== 'application/json')
      throw new HeadgateError(
        'UNSUPPORTED_MEDIA_TYPE',
        'a GET request has no body: send it without content-type, or with "content-type: application/json"',
      );
    if (type === undefined && !PREFLIGHTED.some((name) => isGiven(headers[name])))
      throw new HeadgateError(
        'BAD_REQUEST',
        'this operation has been blocked as a potential Cross-Site Request Forgery (CSRF); send "content-type: application/json", ' +
          `or a value for one of the headers ${PREFLIGHTED.join(', ')}`,
      );
    return next(asking, undefined);
  },
};

function isGiven(value: string | readonly string[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}
