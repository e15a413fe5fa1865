/** Options of the source of supergraphs. Paths are absolute. */
export type SupergraphOptions = {
  readonly source: 'subgraphs' | 'file' | 'registry';
  /** The supergraph file; null unless source is file. */
  readonly path: string | null;
  /** Where the last good supergraph is kept; null keeps none. */
  readonly checkpoint: string | null;
  /** Used when source is subgraphs. */
  readonly subgraphs: readonly SubgraphSource[];
};

export interface SubgraphSource {
  readonly name: string;
  /** Routing URL written into the supergraph. */
  readonly url: string;
  /** An SDL file, watched; or the URLs of instances to ask for `_service { sdl }`, tried in order. */
  readonly schema: { readonly file: string } | { readonly introspect: readonly string[] };
}
