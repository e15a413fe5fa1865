import type { Config } from '../../config/config';
import { HeadgateError } from '../../errors';
import { composeSubgraphs } from '../../supergraph/compose';
import type { SubgraphSource } from '../../supergraph/options';
import { readTextFile } from '../../supergraph/sources/read-text-file';
import { SubgraphLoader } from '../../supergraph/sources/subgraph-loader';
import { DEFAULT_TIMING } from '../../supergraph/sources/timing';
import { callAdmin, type ListenerOptions } from '../admin-client';

/**
 * The supergraph that a gateway with this configuration serves: its file, what the subgraphs compose to, or what the registry of the running
 * gateway has.
 * @throws {HeadgateError} what it cannot be had for
 */
export async function configuredSupergraph({ supergraph }: Config, admin: ListenerOptions): Promise<string> {
  if (supergraph.source === 'file') return readTextFile(supergraph.path ?? '');
  if (supergraph.source === 'subgraphs') return composed(supergraph.subgraphs);
  return (await callAdmin(admin, { method: 'GET', path: '/graphs/default/supergraph', changes: false })).text;
}

async function composed(subgraphs: readonly SubgraphSource[]): Promise<string> {
  const loader = new SubgraphLoader(DEFAULT_TIMING, new AbortController().signal, new Map());
  try {
    const failures = await loader.load(subgraphs);
    for (const [name, error] of failures) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HeadgateError('COMPOSITION_FAILED', `${name}: ${why}; or give the supergraph with --supergraph FILE`);
    }
    const definitions = subgraphs.map(({ name, url }) => ({ name, url, sdl: loader.sdlOf(name) ?? '' }));
    return (await composeSubgraphs(definitions)).sdl;
  } finally {
    await loader.close();
  }
}
