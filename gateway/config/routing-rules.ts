import type { SubgraphOptions } from '../transport/options';
import type { Settings } from './settings';

type Rule = Settings['routing'][number];

/** The rules for one subgraph, in the order of the file; empty when it has none. */
export function routingRules(
  { routing }: Pick<Settings, 'routing'>,
  subgraph: string,
): Pick<SubgraphOptions, 'routing' | 'mirrors'> {
  const own = routing.flatMap((rule, at) =>
    rule.subgraphs.includes(subgraph) ? [{ rule, head: headOf(rule, at) }] : [],
  );
  const rules = own.flatMap(({ rule: { instances }, head }) =>
    instances === undefined ? [] : { ...head, ...instances },
  );
  const mirrors = own.flatMap(({ rule: { mirror }, head }) => (mirror === undefined ? [] : { ...head, ...mirror }));
  return { ...(rules.length > 0 && { routing: rules }), ...(mirrors.length > 0 && { mirrors }) };
}

function headOf({ name, when, percent, sticky }: Rule, at: number) {
  return { name: name ?? `routing[${at}]`, when: when ?? null, percent: percent ?? null, sticky: sticky ?? null };
}
