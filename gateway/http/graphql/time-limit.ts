import { Deadline } from '../../deadline';
import { HeadgateError } from '../../errors';
import type { AskingLayer } from './asking';

/** Ends a call that takes longer than it may, from here on. Whatever waits for its answer waits no longer then. */
export function timeLimit(timeoutMs: number): AskingLayer {
  return {
    name: 'time limit',
    wrap: (next) => (asking) => {
      const deadline = new Deadline(timeoutMs, () =>
        asking.request.abort(new HeadgateError('GATEWAY_TIMEOUT', `the request took longer than ${timeoutMs} ms`)),
      );
      asking.atEnd.push(() => deadline.cancel());
      return next(asking, undefined);
    },
  };
}
