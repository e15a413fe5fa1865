import { announce } from '../events';
import { warmUp } from '../planning/warm-up';
import type { Admission } from '../security/admission';
import type { Binder } from './binder';
import { GuardedOperation } from './guarded-operation';
import { type ListedOperation, listedOperations } from './listed-operations';
import { planBytes, type Used } from './prepared-operation';
import type { ReadDocument } from './read-document';
import type { NextRules, Warmed } from './warm-operations';

/** Documents that are known beforehand are planned in this time, and not more of them. */
const LISTED_MS = 10_000;
const LISTED_MAX = 1_000;

/** A document's operation that is ready, and the names that a request may ask for it by. */
type WarmedDocument = Warmed & Pick<ListedOperation, 'askedAs'>;

/**
 * Plans documents that are known beforehand. Of those that meet something protected it is the variant of whoever may have all of it.
 * @returns each with a key that is empty
 */
export async function warmDocuments(
  texts: readonly string[],
  read: ReadDocument,
  { next, limits, authorization }: NextRules,
  admission: Admission,
  binder: Binder,
): Promise<readonly WarmedDocument[]> {
  const { planner, supergraph } = next;
  const { apiSchema } = supergraph;
  const counts = { invalid: 0 };
  const listed = listedOperations(texts.slice(0, LISTED_MAX), read, (text) => admission.allows(text, limits), counts);
  const warm = await warmUp(listed, { planner, apiSchema, totalMs: LISTED_MS });
  const allowed = warm.filter(({ plan }) => admission.allowsPlan(planBytes(plan), limits));
  const planned = new Set(allowed.map(({ used }) => used.query)).size;
  const invalid = counts.invalid + warm.length - allowed.length;
  const documents = texts.length;
  announce('persisted.planned', { documents, planned, invalid, late: Math.max(0, documents - planned - invalid) });
  return allowed.map(({ used: { askedAs, ...operation }, plan }) => {
    const used: Used = { ...operation, limits, key: '' };
    const whole = binder.whole(used, next, plan, false);
    const guarded = GuardedOperation.of(used, supergraph, authorization);
    guarded?.keepWhole(whole);
    return { used, ready: guarded ?? whole, uses: 0, askedAs };
  });
}
