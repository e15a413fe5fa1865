import { then } from '../../layers';
import { CALL_HEADERS } from '../../operations/call-headers';
import type { Answer } from '../route';
import type { AskingLayer } from './asking';

/** Adds the headers that belong to this call alone to whatever is answered. To stand in front of what answers failures. */
export const callHeaders: AskingLayer = {
  name: 'call headers',
  wrap: (next) => (asking) =>
    then(next(asking, undefined), (answer): Answer => {
      const own = asking.request.facts.get(CALL_HEADERS);
      return own === undefined ? answer : { ...answer, own };
    }),
};
