import type { Config } from './config/config';
import { isHeadgateError } from './errors';
import { announce } from './events';
import { openRegistry, type Registry } from './registry/registry';
import { openDirectoryStorage } from './registry/storage/directory/directory-storage';
import { checkSupergraph, type KnownInstances, type SchemaHashes, schemaHashes } from './serving';
import { readCheckpoint, writeCheckpoint } from './supergraph/checkpoint';
import { composeSubgraphs } from './supergraph/compose';
import { supergraphVersion } from './supergraph/read';
import type { Deliver, SupergraphFeed } from './supergraph/sources/feed';
import { openFileSource } from './supergraph/sources/file-source';
import { openSubgraphsSource, type SubgraphsFeed } from './supergraph/sources/subgraphs-source';

/** A supergraph on its way into service. */
export interface SuppliedSupergraph {
  readonly sdl: string;
  /** For the log. */
  readonly origin: string;
  /** What the registry knows; empty for other sources. */
  readonly instances: KnownInstances;
  /** Of the subgraphs whose SDL the source knows. */
  readonly schemaHashes?: SchemaHashes;
}

export interface SupplyParts {
  /** Takes a supergraph into service. Rejects when it cannot be served; what ran before goes on then. */
  readonly serve: (supergraph: SuppliedSupergraph) => Promise<void>;
  readonly isServing: () => boolean;
}

/** Where supergraphs come from: a source or the registry, and the checkpoint when they fail. */
export class Supply {
  readonly #parts: SupplyParts;
  #config: Config;
  #feed: SupergraphFeed | null = null;
  #registry: Registry | null = null;

  constructor(config: Config, parts: SupplyParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /** Null unless it is the source and was opened. */
  get registry(): Registry | null {
    return this.#registry;
  }

  /** Opens the registry when it is the source, and delivers its head. @throws {HeadgateError} REGISTRY_LOCKED */
  async open(): Promise<void> {
    if (this.#config.supergraph.source !== 'registry') return;
    this.#registry = await openRegistry({
      storage: await openDirectoryStorage(this.#config.registry.directory),
      compose: composeSubgraphs,
      validate: checkSupergraph,
      deliver: async ({ sdl, revision, subgraphs, schemas }) =>
        this.#deliver({
          sdl,
          origin: `registry revision ${revision}`,
          instances: subgraphs,
          schemaHashes: await schemaHashes(schemas),
        }),
    });
  }

  /**
   * Delivers the first supergraph; with source registry it may come later.
   * @throws {HeadgateError} COMPOSITION_FAILED, SUPERGRAPH_INVALID, SUPERGRAPH_UNAVAILABLE
   */
  async start(): Promise<void> {
    const { source, path, subgraphs, checkpoint } = this.#config.supergraph;
    const deliver: Deliver = async (sdl, origin, composed = []) => {
      const schemas = composed.map(({ name, sdl: own }) => [name, own] as const);
      await this.#deliver({ sdl, origin, instances: new Map(), schemaHashes: await schemaHashes(schemas) });
    };
    if (source === 'registry') {
      // The registry opens also when its head cannot be served, so that somebody can roll it back.
      if (checkpoint !== null && !this.#parts.isServing()) await this.#useCheckpoint(checkpoint);
      return;
    }
    this.#feed = source === 'file' ? openFileSource(path ?? '', deliver) : openSubgraphsSource(subgraphs, deliver);
    try {
      await this.#feed.start();
    } catch (error) {
      if (checkpoint === null || !(await this.#useCheckpoint(checkpoint))) throw error;
      announceRefusal(source, error);
    }
  }

  /** Hot reload. Another source or path waits for a restart. */
  async update(next: Config): Promise<void> {
    const before = this.#config;
    this.#config = next;
    if (next.supergraph.source === before.supergraph.source && isSubgraphsFeed(this.#feed))
      await this.#feed.update(next.supergraph.subgraphs);
  }

  async close(): Promise<void> {
    await this.#feed?.close();
    await this.#registry?.close();
  }

  /** @returns false when there is no usable checkpoint */
  async #useCheckpoint(path: string): Promise<boolean> {
    const sdl = await readCheckpoint(path);
    if (sdl === null) return false;
    await this.#parts.serve({ sdl, origin: path, instances: new Map() });
    announce('supergraph.checkpoint.used', { path, version: supergraphVersion(sdl) });
    return true;
  }

  async #deliver(supergraph: SuppliedSupergraph): Promise<void> {
    await this.#parts.serve(supergraph);
    const { checkpoint } = this.#config.supergraph;
    if (checkpoint === null) return;
    try {
      await writeCheckpoint(checkpoint, supergraph.sdl);
    } catch (error) {
      announce('internal.error', { where: `checkpoint ${checkpoint}`, error });
    }
  }
}

function announceRefusal(source: string, error: unknown): void {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  announce('supergraph.refused', { source, code, message: error instanceof Error ? error.message : String(error) });
}

function isSubgraphsFeed(feed: SupergraphFeed | null): feed is SubgraphsFeed {
  return feed !== null && 'update' in feed;
}
