import { type GraphQLError, print } from 'graphql';
import type { Authorization } from '../authorization/authorization';
import type { Call } from '../call';
import { CancellationSource } from '../cancellation';
import { InFlight } from '../in-flight';
import { type Soon, then } from '../layers';
import type { Plan } from '../planning/plan';
import type { PlanRequest } from '../planning/planner';
import type { Admission } from '../security/admission';
import type { Binder } from './binder';
import type { GuardedOperation, PermittedPart } from './guarded-operation';
import { announceRefused } from './permitted-execution';
import { type PreparedOperation, planBytes } from './prepared-operation';
import type { Version } from './version';

type Ready = PreparedOperation | readonly GraphQLError[];

const NO_PLAN: Plan = { node: null };

/** Variants of guarded operations: found where they are kept, or planned when somebody comes who is granted something else. */
export class Variants {
  readonly #admission: Admission;
  readonly #authorization: Authorization;
  readonly #binder: Binder;
  /** Those who come at the same time and are granted the same wait for one. */
  readonly #preparing = new WeakMap<GuardedOperation, InFlight<Ready>>();

  constructor(admission: Admission, authorization: Authorization, binder: Binder) {
    this.#admission = admission;
    this.#authorization = authorization;
    this.#binder = binder;
  }

  /**
   * @param keeps whether the version is in service
   * @throws {HeadgateError} codes of the planner; the reason for which the call has gone
   */
  of(version: Version, guarded: GuardedOperation, granted: string, call: Call, keeps: boolean): Soon<Ready> {
    const { mode, dryRun } = this.#authorization.options;
    const given = dryRun ? granted.replaceAll('0', '1') : granted;
    if (given !== granted) announceDryRun(guarded, granted, call);
    const key = variantKey(mode, given);
    const known = guarded.variants.get(key);
    if (known !== undefined) {
      known.uses++;
      return known.ready;
    }
    const preparing = this.#preparingOf(guarded);
    const found = preparing.find(key);
    if (found !== undefined) return preparing.join(found, call.gone);
    return preparing.begin(key, new CancellationSource(), call.gone, (own) => {
      const part = guarded.permitted(given);
      return then(planOf(version, guarded, part, mode, own), (plan) => {
        const tooLarge = this.#admission.refusePlan(planBytes(plan), call.id);
        if (tooLarge !== null) return [tooLarge];
        const { used } = guarded;
        const ready =
          part === null
            ? this.#binder.whole(used, version, plan, keeps)
            : this.#binder.part(used, version, plan, part, mode);
        if (keeps) guarded.variants.set(key, { granted: given, ready, uses: 1 });
        return ready;
      });
    });
  }

  #preparingOf(guarded: GuardedOperation): InFlight<Ready> {
    let found = this.#preparing.get(guarded);
    if (found === undefined) {
      found = new InFlight();
      this.#preparing.set(guarded, found);
    }
    return found;
  }
}

/** All of an operation is the same in both modes. */
export function variantKey(mode: 'filter' | 'reject', granted: string): string {
  return granted.includes('0') ? `${mode} ${granted}` : granted;
}

/** What is asked of a planner for a part of an operation; null: nothing. @param part null: all of it */
export function planRequest({ used }: GuardedOperation, part: PermittedPart | null): PlanRequest | null {
  const { query, operationName, document, labels = [] } = used;
  if (part === null) return { query, operationName, document, labels };
  if (part.planned === null) return null;
  return { query: print(part.planned.document), operationName: null, document: part.planned.document, labels };
}

function planOf(
  { planner }: Version,
  guarded: GuardedOperation,
  part: PermittedPart | null,
  mode: 'filter' | 'reject',
  own: CancellationSource,
): Soon<Plan> {
  const request = part !== null && mode === 'reject' && isRefusedAnyway(part) ? null : planRequest(guarded, part);
  return request === null ? NO_PLAN : planner.plan(request, own);
}

/** Whether something is refused whatever the variables say. */
function isRefusedAnyway({ places, isRootRefused }: PermittedPart): boolean {
  return isRootRefused || places.some(({ conditions }) => conditions.length === 0);
}

function announceDryRun(guarded: GuardedOperation, granted: string, { id }: Call): void {
  const part = guarded.permitted(granted);
  if (part === null) return;
  const paths = part.isRootRefused ? [[]] : part.places.map(({ path }) => path);
  if (paths.length > 0) announceRefused(id, guarded.used.operation, paths, 'dry_run');
}
