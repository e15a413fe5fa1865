import type { Settings } from './settings';

/** Chooses where the supergraph comes from: as said, or else as the sections that are filled suggest. */
export function sourceOf({
  supergraph,
  subgraphs,
}: Pick<Settings, 'supergraph' | 'subgraphs'>): 'subgraphs' | 'file' | 'registry' {
  if (supergraph.source !== undefined) return supergraph.source;
  if (supergraph.path !== undefined) return 'file';
  return Object.keys(subgraphs).length > 0 ? 'subgraphs' : 'registry';
}
