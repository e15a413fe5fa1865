import { GraphQLError } from 'graphql';
import { stateOf } from './history';
import { type SchemaChange, schemaChanges } from './schema-changes';
import type { Revision, Storage } from './storage/storage';

/** A revision that has added, changed or removed a coordinate. */
export interface Blamed {
  readonly revision: Revision;
  readonly subgraph: string;
  readonly kind: SchemaChange['kind'];
}

const REVISIONS_MAX = 2_000;
const PAGE = 200;
/** Answers of this many are enough to see who. */
const BLAMED_MAX = 100;

/**
 * Tells which revisions have changed a coordinate of a subgraph's schema, the newest first, as far as revisions are kept.
 * @param coordinate `Product.price`, `Query.product(id:)`, `Size.LARGE`, `Product`
 */
export async function blame(storage: Storage, graph: string, coordinate: string): Promise<readonly Blamed[]> {
  const found: Blamed[] = [];
  const search = new Search(storage, coordinate);
  let before: number | null = null;
  let after: Snapshot | null = null;
  for (let read = 0; read < REVISIONS_MAX && found.length < BLAMED_MAX; ) {
    const page: readonly Revision[] = await storage.read(graph, { before, limit: PAGE });
    for (const revision of [...page].reverse()) {
      const snapshot = await search.snapshot(revision);
      if (after !== null) found.push(...(await search.changes(snapshot, after)));
      after = snapshot;
    }
    read += page.length;
    const [oldest] = page;
    if (oldest === undefined || page.length < PAGE) break;
    before = oldest.revision;
  }
  if (after !== null && found.length < BLAMED_MAX) found.push(...(await search.changes(null, after)));
  return found.slice(0, BLAMED_MAX);
}

interface Snapshot {
  readonly revision: Revision;
  /** Hashes of SDLs by their subgraphs. */
  readonly sdls: ReadonlyMap<string, string>;
}

class Search {
  readonly #storage: Storage;
  readonly #coordinate: string;

  constructor(storage: Storage, coordinate: string) {
    this.#storage = storage;
    this.#coordinate = coordinate;
  }

  async snapshot(revision: Revision): Promise<Snapshot> {
    const state = await stateOf(this.#storage, revision);
    return { revision, sdls: new Map([...state].map(([name, { sdl }]) => [name, sdl])) };
  }

  /** @param before null: nothing is kept of it */
  async changes(before: Snapshot | null, { revision, sdls }: Snapshot): Promise<readonly Blamed[]> {
    const found: Blamed[] = [];
    for (const subgraph of new Set([...(before?.sdls.keys() ?? []), ...sdls.keys()])) {
      const [from, to] = [before?.sdls.get(subgraph), sdls.get(subgraph)];
      if (from === to) continue;
      const kind = await this.#changeOf(from, to);
      if (kind !== null) found.push({ revision, subgraph, kind });
    }
    return found;
  }

  async #changeOf(from: string | undefined, to: string | undefined): Promise<SchemaChange['kind'] | null> {
    const [old, next] = await Promise.all(
      [from, to].map((hash) => (hash === undefined ? '' : this.#storage.blob(hash))),
    );
    const name = /\w+(?=\W*$)/.exec(this.#coordinate)?.[0] ?? '';
    if (![old, next].some((text) => text?.includes(name))) return null;
    return changesIn(old ?? '', next ?? '').find(({ coordinate }) => coordinate === this.#coordinate)?.kind ?? null;
  }
}

/** An SDL that is not there has no coordinates; what does not parse was never published. */
function changesIn(from: string, to: string): readonly SchemaChange[] {
  try {
    return schemaChanges(from, to);
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof RangeError) return [];
    throw error;
  }
}
