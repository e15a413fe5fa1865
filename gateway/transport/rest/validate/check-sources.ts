import { nearestName } from '../../../nearest-name';
import type { Connectors } from '../connector';
import { NOWHERE } from '../model/position';
import { connectInvalid } from '../model/problems';

/**
 * Refuses a configuration of a source that the adapter does not have: requests would go where the SDL says.
 * @param configured names under `subgraphs.NAME.sources`
 * @throws {HeadgateError} CONNECT_INVALID with `details.problems`
 */
export function checkSources({ subgraph, sources }: Connectors, configured: Iterable<string>): void {
  const names = [...sources.keys()];
  const problems = [...configured].flatMap((name) => {
    if (sources.has(name)) return [];
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? `its sources are ${names.join(', ') || 'none'}` : `did you mean ${nearest}?`;
    const message = `headgate.yaml configures subgraphs.${subgraph}.sources.${name}, and the adapter has no @source of that name; ${hint}`;
    return [{ code: 'SOURCE_UNKNOWN' as const, message, coordinate: 'schema', ...NOWHERE }];
  });
  if (problems.length > 0) throw connectInvalid(subgraph, problems);
}
