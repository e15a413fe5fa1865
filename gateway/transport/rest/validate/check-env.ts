import type { SubgraphOptions } from '../../options';
import type { Connectors } from '../connector';
import { connectInvalid } from '../model/problems';

/**
 * Refuses an adapter that would send environment variables which the operator has not given to that source.
 * @throws {HeadgateError} CONNECT_INVALID with `details.problems`
 */
export function checkEnv({ env, subgraph }: Connectors, allowed: SubgraphOptions['env'] = {}): void {
  const problems = env
    .filter(({ source, name }) => !isAllowed(allowed, source, name))
    .map(({ source, name, coordinate, line, column }) => ({
      code: 'ENV_NOT_ALLOWED' as const,
      message: `\`$env.${name}\` is not given to source \`${source}\`; an operator can, in headgate.yaml under subgraphs.${subgraph}.sources.${source}.env`,
      coordinate,
      line,
      column,
    }));
  if (problems.length > 0) throw connectInvalid(subgraph, problems);
}

function isAllowed(allowed: NonNullable<SubgraphOptions['env']>, source: string, name: string): boolean {
  return Object.hasOwn(allowed, source) && allowed[source]?.includes(name) === true;
}
