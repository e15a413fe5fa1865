import type { RoutingRule } from '../transport/options';
import type { Settings } from './settings';

/** The rules for one subgraph, in the order of the file; none when it has none. */
export function routingRules({ routing }: Pick<Settings, 'routing'>, subgraph: string): readonly RoutingRule[] {
  return routing.flatMap(({ name, subgraphs, when, percent, sticky, instances }, at) =>
    subgraphs.includes(subgraph)
      ? {
          name: name ?? `routing[${at}]`,
          when: when ?? null,
          percent: percent ?? null,
          sticky: sticky ?? null,
          tags: instances.tags,
          fallback: instances.fallback,
        }
      : [],
  );
}
