import { HeadgateError } from '../errors';
import { readSupergraph } from '../supergraph/read';
import { GraphQLDataSourceRequestKind } from './apollo-gateway-internals';
import type { DataSources } from './data-sources';

const QUERY = 'query HeadgateHealthCheck { __typename }';

/**
 * Asks every subgraph of a supergraph whether it answers.
 * @throws {HeadgateError} SUPERGRAPH_INVALID, or SUBGRAPH_UNREACHABLE with all that did not answer and why
 */
export async function checkHealth(sdl: string, sources: DataSources): Promise<void> {
  const { subgraphs } = await readSupergraph(sdl);
  const reasons = await Promise.all([...subgraphs.values()].map((subgraph) => reasonOf(subgraph, sources)));
  const failed = reasons.filter((reason) => reason !== null);
  if (failed.length === 0) return;
  throw new HeadgateError('SUBGRAPH_UNREACHABLE', `not every subgraph is well: ${failed.join('; ')}`);
}

/** Why a subgraph is not well; null when it is. */
async function reasonOf({ name, url }: { name: string; url: string }, sources: DataSources): Promise<string | null> {
  try {
    const { errors = [] } = await sources.of({ name, url }).process({
      kind: GraphQLDataSourceRequestKind.HEALTH_CHECK,
      request: { query: QUERY },
      context: {},
    });
    const [first] = errors;
    return first === undefined ? null : `${name}: ${first.message}`;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
