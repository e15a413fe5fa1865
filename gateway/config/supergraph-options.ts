import type { SubgraphSource, SupergraphOptions } from '../supergraph/options';
import type { Settings } from './settings';
import { sourceOf } from './source';

export function supergraphOptions(settings: Settings): SupergraphOptions {
  const { supergraph, subgraphs } = settings;
  const source = sourceOf(settings);
  return {
    source,
    path: source === 'file' ? (supergraph.path ?? null) : null,
    checkpoint: supergraph.checkpoint === false ? null : supergraph.checkpoint,
    subgraphs:
      source === 'subgraphs' ? Object.entries(subgraphs).map(([name, given]) => subgraphSource(name, given)) : [],
  };
}

function subgraphSource(name: string, given: Settings['subgraphs'][string]): SubgraphSource {
  const urls = given.instances?.map(({ url }) => url) ?? (given.url === undefined ? [] : [given.url]);
  const file = given.rest ?? given.schema?.file;
  // A REST subgraph is routed to inside the gateway: it has no URL of its own.
  return { name, url: urls[0] ?? '', schema: file === undefined ? { introspect: urls } : { file } };
}
