import type { Authentication } from '../../authentication/authentication';
import { IDENTITY } from '../../identity';
import { then } from '../../layers';
import type { AskingLayer } from './asking';

/** Finds out who asks, before anything of the request is read that they may not make us read. */
export function authenticate(authentication: Authentication): AskingLayer {
  return {
    name: 'authenticate',
    wrap: (next) => (asking) => {
      const { request } = asking;
      return then(authentication.identify(request), (identity) => {
        if (identity !== null) request.facts.put(IDENTITY, identity);
        return next(asking, undefined);
      });
    },
  };
}
