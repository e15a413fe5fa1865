import type { Call } from '../call';
import { announce } from '../events';
import { EvaluationError } from '../expressions/values';
import type { Soon } from '../layers';
import type { AuthorizationOptions } from './options';

/**
 * Decides policies by code of an operator's own: true for those that hold. Whatever else it says of one, or nothing: it does not.
 */
export type PolicyDecider = (
  names: readonly string[],
  call: Call,
) => Soon<Readonly<Record<string, boolean | null | undefined>>>;

/** Policies that hold for a call. Each is asked once. */
export function policiesThatHold(
  names: readonly string[],
  call: Call,
  { policies }: AuthorizationOptions,
  deciders: readonly PolicyDecider[],
): Soon<ReadonlySet<string>> {
  const holding = new Set<string>();
  const others: string[] = [];
  for (const name of names) {
    const expression = policies.get(name);
    if (expression === undefined) {
      others.push(name);
      continue;
    }
    const value = expression.evaluate(call);
    if (value === true) holding.add(name);
    else if (value instanceof EvaluationError)
      announce('policy.failed', { id: call.id, policy: name, reason: value.message });
  }
  if (others.length === 0 || deciders.length === 0) return holding;
  return withDecided(holding, others, call, deciders);
}

/** The first decider that says something of a policy has its way. */
async function withDecided(
  holding: Set<string>,
  names: readonly string[],
  call: Call,
  deciders: readonly PolicyDecider[],
): Promise<ReadonlySet<string>> {
  let open = names;
  for (const decide of deciders) {
    if (open.length === 0) break;
    const decided = await decide(open, call);
    for (const name of open) if (Object.hasOwn(decided, name) && decided[name] === true) holding.add(name);
    open = open.filter((name) => !Object.hasOwn(decided, name) || typeof decided[name] !== 'boolean');
  }
  return holding;
}
