import type { Call } from '../call';
import type { Fact } from '../facts';

/** Each name once. */
type Headers = readonly (readonly [name: string, value: string])[];

/** Headers of the answer to one call, whatever the answer is; lower-case names. An outcome may be that of several calls: these are not. */
export const CALL_HEADERS: Fact<Headers> = {
  name: 'headers of the answer',
  keyOf: (headers) => JSON.stringify(headers),
};

/** Adds to the headers of a call's answer: lists go on behind what is there. */
export function putCallHeaders({ facts }: Call, headers: Headers): void {
  const before = facts.get(CALL_HEADERS);
  facts.put(CALL_HEADERS, before === undefined ? headers : joined(before, headers));
}

function joined(before: Headers, headers: Headers): Headers {
  const all = new Map(before);
  for (const [name, value] of headers) {
    const list = all.get(name);
    all.set(name, list === undefined ? value : `${list}, ${value}`);
  }
  return [...all];
}
