import type { CallView, Fact } from '../../facts';
import type { Flight, Reads } from '../../flight';
import type { InstanceFilter } from '../../pool/instance-filter';
import type { Pool, PoolRequest } from '../../pool/pool';
import { tagText } from '../../tags';
import type { MirrorRule, RoutingRule, SubgraphOptions } from '../options';
import { NO_READS } from '../reads';
import { compileCondition } from './rule-condition';

/** Which instances the fetches of a subgraph go to. */
export interface Routing {
  /** What it reads of a client's request: nothing but what was decided about it. */
  readonly reads: Reads;
  /** The rule that is for a flight; null: none is. */
  readonly ruleFor: (flight: Flight) => RoutingRule | null;
  /** The rule by which a flight's fetches are copied; null: they are not. */
  readonly mirrorRuleFor: (flight: Flight) => MirrorRule | null;
  /** Null: to any. */
  readonly instancesFor: (flight: Flight) => InstanceFilter | null;
  /** Sends a copy where a rule says so. To be told of what may be sent twice only. */
  readonly mirror: (pool: Pool, request: PoolRequest, flight: Flight) => void;
}

const NO_RULE = -1;

/**
 * Compiles the rules of one subgraph. What is decided about a call is a fact of it, found out once: flights and fetches are
 * shared by calls that are sent to the same instances, whatever else the conditions have read.
 * @returns null when there are no rules
 * @throws {HeadgateError} EXPRESSION_INVALID
 */
export function compileRouting(
  { name, routing: rules = [], mirrors = [] }: Pick<SubgraphOptions, 'name' | 'routing' | 'mirrors'>,
  random: () => number = Math.random,
): Routing | null {
  if (rules.length + mirrors.length === 0) return null;
  const filters = rules.map(filterOf);
  const route: Fact<number> = { name: `route to ${name}`, keyOf: String, of: firstOf(rules, random) };
  // The answer is the same with and without a copy: calls need not be told apart by it.
  const copy: Fact<number> = { name: `mirror of ${name}`, keyOf: () => '', of: firstOf(mirrors, random) };
  const facts = [...(rules.length > 0 ? [route] : []), ...(mirrors.length > 0 ? [copy] : [])];
  return {
    reads: { ...NO_READS, facts },
    ruleFor: (flight) => rules[flight.facts.get(route) ?? NO_RULE] ?? null,
    mirrorRuleFor: (flight) => mirrors[flight.facts.get(copy) ?? NO_RULE] ?? null,
    instancesFor: (flight) => filters[flight.facts.get(route) ?? NO_RULE] ?? null,
    mirror: (pool, { method, path, headers, body, attemptTimeoutMs }, flight) => {
      const rule = mirrors[flight.facts.get(copy) ?? NO_RULE];
      if (rule === undefined) return;
      pool.mirror({ method, path, headers, body, timeoutMs: attemptTimeoutMs, tags: rule.tags });
    },
  };
}

/** Place of the first rule that is for a call. */
function firstOf(rules: readonly MirrorRule[], random: () => number): (call: CallView) => number {
  const conditions = rules.map(compileCondition);
  return (call) => conditions.findIndex(({ matches }) => matches(call, random));
}

function filterOf({ tags, fallback }: RoutingRule): InstanceFilter {
  return { tags, text: tagText(tags), fallback };
}
