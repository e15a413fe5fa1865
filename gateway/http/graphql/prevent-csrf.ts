import type { IncomingHttpHeaders } from 'node:http';
import { HeadgateError } from '../../errors';
import type { Browsers } from '../browsers/browsers';
import { parseMediaType } from '../media-type';
import type { AskingLayer } from './asking';

/**
 * Refuses a GET that any web page could have made a browser send: its answer would not reach the page, but it would have been
 * executed. A POST must say `application/json`, which no page can say unasked.
 */
export function preventCsrf(browsers: Browsers): AskingLayer {
  return {
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
      if (type === undefined && !isIntended(headers, browsers)) throw forged(browsers);
      return next(asking, undefined);
    },
  };
}

/** Whether a request is none that any page could have had sent: it has a header that pages need leave for, or its page has leave. */
function isIntended(headers: IncomingHttpHeaders, browsers: Browsers): boolean {
  const { enabled, requiredHeaders } = browsers.csrf;
  return !enabled || requiredHeaders.some((name) => isGiven(headers[name])) || browsers.knows(headers.origin);
}

function forged({ csrf: { requiredHeaders } }: Browsers): HeadgateError {
  const names = requiredHeaders.length === 0 ? '' : `, or a value for one of the headers ${requiredHeaders.join(', ')}`;
  return new HeadgateError(
    'BAD_REQUEST',
    `this operation has been blocked as a potential Cross-Site Request Forgery (CSRF); send "content-type: application/json"${names}`,
  );
}

function isGiven(value: string | readonly string[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}
