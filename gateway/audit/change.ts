import type { Fact, FactsView } from '../facts';

/** Values before and after a change; JSON, and nothing in them is a secret. */
export interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

/** What a call of an operator has changed; the route that did it puts it there. Absent: it changed nothing, or nobody said what. */
export const CHANGE: Fact<Change> = { name: 'change', keyOf: (change) => JSON.stringify(change) };

/** For those who only pass it on. */
export function changeOf({ facts }: { readonly facts: FactsView }): Change | null {
  return facts.get(CHANGE) ?? null;
}
