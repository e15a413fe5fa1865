import { HeadgateError } from '../../errors';
import { isWebSocket } from '../handshake';
import type { AskingLayer } from './asking';

/** Refuses a handshake that reached us as an ordinary request: other upgrades may be ignored, this client waits for a socket. */
export const noWebSocket: AskingLayer = {
  name: 'no WebSocket',
  wrap: (next) => (asking) => {
    const { upgrade } = asking.request.headers;
    if (isWebSocket(upgrade))
      throw new HeadgateError(
        'BAD_REQUEST',
        'this path opens no WebSocket: subscriptions are not served yet; send queries and mutations as POST requests',
      );
    return next(asking, undefined);
  },
};
