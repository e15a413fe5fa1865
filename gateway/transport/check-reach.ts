import { HeadgateError } from '../errors';
import { GRAPHQL_POOL, type SubgraphOptions } from './options';

/**
 * Refuses a subgraph that no connection could be made to, before anything is made for it.
 * @throws {HeadgateError} SUPERGRAPH_INVALID that names the subgraph, its URL and what to write;
 *   `details` = `{ subgraph, url }`
 */
export function checkReach(subgraph: SubgraphOptions): void {
  for (const [source, { instances, discovery }] of Object.entries(subgraph.pools)) {
    if (instances.length === 0 && !discovery) throw nowhere(subgraph, source);
    for (const { url } of instances) {
      const problem = problemOf(url);
      if (problem !== null) throw unusable(subgraph, url, problem);
    }
  }
}

function problemOf(text: string): string | null {
  if (!URL.canParse(text)) return 'is not a URL';
  const { protocol } = new URL(text);
  if (protocol === 'http:' || protocol === 'https:') return null;
  return text.startsWith(`${protocol}//`) ? `is neither http nor https` : 'has no http:// or https:// in front';
}

function unusable({ name }: SubgraphOptions, url: string, problem: string): HeadgateError {
  const shown = JSON.stringify(url.slice(0, 200));
  const example =
    url.startsWith('//') || url.includes('://') || url === '' ? 'http://127.0.0.1:4001/graphql' : `http://${url}`;
  return new HeadgateError(
    'SUPERGRAPH_INVALID',
    `subgraph ${name}: its URL ${shown} ${problem}; write it as ${example.slice(0, 200)} where the subgraph is declared, or name its instances under subgraphs.${name} of headgate.yaml`,
    { details: { subgraph: name, url: url.slice(0, 2048) } },
  );
}

function nowhere({ name }: SubgraphOptions, source: string): HeadgateError {
  const place = source === GRAPHQL_POOL ? `subgraphs.${name}` : `subgraphs.${name}.sources.${source}`;
  return new HeadgateError(
    'SUPERGRAPH_INVALID',
    `subgraph ${name}: nobody says where it is: it has no URL; give it one where it is declared, or under ${place} of headgate.yaml (url, instances or discovery)`,
    { details: { subgraph: name, url: '' } },
  );
}
