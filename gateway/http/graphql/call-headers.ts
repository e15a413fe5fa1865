import { then } from '../../layers';
import { CALL_HEADERS } from '../../operations/call-headers';
import type { Answer } from '../route';
import type { AskingLayer } from './asking';

/** Writes the headers that belong to this call alone, into whatever is answered. To stand in front of what answers failures. */
export const callHeaders: AskingLayer = {
  name: 'call headers',
  wrap: (next) => (asking) =>
    then(next(asking, undefined), (answer): Answer => {
      const own = asking.request.facts.get(CALL_HEADERS);
      if (own === undefined) return answer;
      const headers: Record<string, string | readonly string[]> = { ...answer.headers };
      for (const [name, value] of own) headers[name] = value;
      return { ...answer, headers };
    }),
};
