import type { Fact } from '../../facts';
import type { Flight, Reads } from '../../flight';
import type { InstanceFilter } from '../../pool/instance-filter';
import { tagText } from '../../tags';
import type { RoutingRule, SubgraphOptions } from '../options';
import { NO_READS } from '../reads';
import { compileCondition } from './rule-condition';

/** Which instances the fetches of a subgraph go to. */
export interface Routing {
  /** What it reads of a client's request: nothing but what was decided about it. */
  readonly reads: Reads;
  /** Null: to any. */
  readonly instancesFor: (flight: Flight) => InstanceFilter | null;
}

/**
 * Compiles the rules of one subgraph. What is decided about a call is a fact of it, found out once: flights and fetches are
 * shared by calls that are sent to the same instances, whatever else the conditions have read.
 * @returns null when there are no rules
 * @throws {HeadgateError} EXPRESSION_INVALID
 */
export function compileRouting(
  { name, routing: rules = [] }: Pick<SubgraphOptions, 'name' | 'routing'>,
  random: () => number = Math.random,
): Routing | null {
  if (rules.length === 0) return null;
  const conditions = rules.map(compileCondition);
  const filters = rules.map(filterOf);
  const route: Fact<number> = {
    name: `route to ${name}`,
    keyOf: String,
    of: (call) => {
      const rule = conditions.findIndex(({ matches }) => matches(call, random));
      return rule === -1 ? undefined : rule;
    },
  };
  return {
    reads: { ...NO_READS, facts: [route] },
    instancesFor: ({ facts }) => {
      const rule = facts.get(route);
      return rule === undefined ? null : (filters[rule] ?? null);
    },
  };
}

function filterOf({ tags, fallback }: RoutingRule): InstanceFilter {
  return { tags, text: tagText(tags), fallback };
}
