import { type GraphQLSchema, validate } from 'graphql';
import type { AuthorizationOptions } from '../authorization/options';
import type { PlanRequest } from '../planning/planner';
import { type OperationInUse, warmUp } from '../planning/warm-up';
import type { Admission } from '../security/admission';
import type { LimitOptions } from '../security/options';
import type { Binder } from './binder';
import { GuardedOperation, type PermittedPart } from './guarded-operation';
import type { PreparedOperation, Used } from './prepared-operation';
import { planRequest, variantKey } from './variants';
import type { Version } from './version';

/** An operation that is ready, and how often it was used. */
export interface Warmed {
  readonly used: Used;
  readonly ready: PreparedOperation | GuardedOperation;
  readonly uses: number;
}

/** What operations are planned ahead for. */
export interface NextRules {
  readonly next: Version;
  readonly limits: LimitOptions;
  readonly authorization: AuthorizationOptions;
}

/** An operation that may be planned ahead, or a variant of it. */
interface Candidate extends OperationInUse {
  readonly used: Used;
  readonly uses: number;
  /** Null where it is the same for everybody. */
  readonly variant: {
    readonly guarded: GuardedOperation;
    readonly granted: string;
    readonly part: PermittedPart | null;
  } | null;
}

/** Operations planned before a swap, those used most. */
const WARM_MAX = 100;
const WARM_MS = 5_000;

/** Plans the operations in use for the next version. Those of which nobody knows what is granted in it wait for a client. */
export async function warmOperations(
  operations: Iterable<Warmed>,
  { next, limits, authorization }: NextRules,
  admission: Admission,
  binder: Binder,
): Promise<readonly Warmed[]> {
  const { planner, supergraph } = next;
  const guards = new Map<string, GuardedOperation>();
  const mostUsed = [...operations].flatMap(inUse).sort((a, b) => b.uses - a.uses);

  function* candidates(): Iterable<Candidate> {
    for (const one of mostUsed.slice(0, WARM_MAX)) {
      if (one.used.limits !== limits && !admission.allows(one.used.query, limits)) continue;
      const used = { ...one.used, limits };
      const guarded = guards.get(used.key) ?? GuardedOperation.of(used, supergraph, authorization);
      if (guarded === null) yield { ...used, used, uses: one.uses, variant: null };
      else {
        guards.set(used.key, guarded);
        const candidate = variantOf(guarded, one, supergraph.apiSchema);
        if (candidate !== null) yield candidate;
      }
    }
  }

  const warm = await warmUp(candidates(), { planner, apiSchema: supergraph.apiSchema, totalMs: WARM_MS });
  const warmed = new Map<string, Warmed>();
  for (const { used: candidate, plan } of warm) {
    const { used, variant, uses } = candidate;
    const ready =
      variant === null || variant.part === null
        ? binder.whole(used, next, plan, false)
        : binder.part(used, next, plan, variant.part, 'filter');
    if (variant !== null) {
      const { guarded, granted } = variant;
      guarded.variants.set(variantKey('filter', granted), { granted, ready, uses: uses / 2 });
    }
    const before = warmed.get(used.key)?.uses ?? 0;
    warmed.set(used.key, { used, ready: variant?.guarded ?? ready, uses: before + uses / 2 });
  }
  return [...warmed.values()];
}

interface InUse {
  readonly used: Used;
  readonly uses: number;
  /** Null where it was the same for everybody. */
  readonly of: { readonly guarded: GuardedOperation; readonly granted: string } | null;
}

/** An operation, or each of its variants that are planned. */
function inUse({ used, ready, uses }: Warmed): InUse[] {
  if (!(ready instanceof GuardedOperation)) return [{ used, uses, of: null }];
  const planned = [...ready.variants.values()].filter((one) => one.ready.plan.node !== null);
  return planned.map(({ granted, uses: own }) => ({ used, uses: own, of: { guarded: ready, granted } }));
}

function variantOf(guarded: GuardedOperation, { of, uses }: InUse, schema: GraphQLSchema): Candidate | null {
  const granted = of === null ? null : guarded.translated(of.granted, of.guarded);
  if (granted === null || validate(schema, guarded.used.document).length > 0) return null;
  const part = guarded.permitted(granted);
  const request: PlanRequest | null = planRequest(guarded, part);
  if (request?.document === undefined) return null;
  const { used } = guarded;
  const { query, operationName, document, labels = [] } = request;
  const operation = part?.planned?.operation ?? used.operation;
  return { query, operationName, document, labels, operation, used, uses, variant: { guarded, granted, part } };
}
