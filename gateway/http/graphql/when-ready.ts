import { HeadgateError } from '../../errors';
import type { AskingLayer } from './asking';

/** Refuses while no supergraph is served. */
export function whenReady(operations: { readonly ready: boolean }): AskingLayer {
  return {
    name: 'when ready',
    wrap: (next) => (asking) => {
      if (!operations.ready)
        throw new HeadgateError('GATEWAY_NOT_READY', 'no supergraph is loaded yet; try again shortly');
      return next(asking, undefined);
    },
  };
}
