import type { Call } from '../call';
import type { Fact } from '../facts';

type Headers = ReadonlyMap<string, string>;

/** Headers of the answer to one call, whatever the answer is; lower-case names. An outcome may be that of several calls: these are not. */
export const CALL_HEADERS: Fact<Headers> = {
  name: 'headers of the answer',
  keyOf: (headers) => JSON.stringify([...headers]),
};

/** Adds to the headers of a call's answer: lists go on behind what is there. */
export function putCallHeaders({ facts }: Call, headers: Iterable<readonly [name: string, value: string]>): void {
  const all = new Map(facts.get(CALL_HEADERS));
  for (const [name, value] of headers) {
    const before = all.get(name);
    all.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  facts.put(CALL_HEADERS, all);
}
