import type { Config } from './config/config';
import { HeadgateError, isHeadgateError } from './errors';
import { announce } from './events';
import { openRegistry, type Registry } from './registry/registry';
import { damagedStorage } from './registry/storage/damaged-storage';
import { openDirectoryStorage } from './registry/storage/directory/directory-storage';
import type { Storage } from './registry/storage/storage';
import { checkServing, type KnownInstances, type SchemaHashes, schemaHashes } from './serving';
import { readCheckpoint, writeCheckpoint } from './supergraph/checkpoint';
import { composeSubgraphs } from './supergraph/compose';
import type { SubgraphSource } from './supergraph/options';
import { supergraphVersion } from './supergraph/read';
import type { Deliver, SupergraphFeed } from './supergraph/sources/feed';
import { openFileSource } from './supergraph/sources/file-source';
import { openSubgraphsSource, type SubgraphsFeed } from './supergraph/sources/subgraphs-source';
import type { SubgraphDefinition } from './supergraph/supergraph';
import { codeOf } from './supergraph/thrown';
import { notKept } from './supergraph/write-file';

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

/** Source of supergraphs: the configured one or the registry, and the checkpoint when they fail. */
export class Supply {
  readonly #parts: SupplyParts;
  #config: Config;
  #feed: SupergraphFeed | null = null;
  #registry: Registry | null = null;
  /** Why the checkpoint could not be written last: said once. */
  #unkept: string | null = null;

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
    const storage = await this.#openStorage(this.#config.registry.directory);
    this.#registry = await openRegistry({
      storage,
      compose: composeSubgraphs,
      validate: (sdl, instances) => checkServing({ sdl, instances }, this.#config),
      addresses: () => this.#config.addresses,
      retention: this.#config.registry.retention,
      deliver: async ({ sdl, revision, subgraphs, schemas }) =>
        this.#deliver({
          sdl,
          origin: `registry revision ${revision}`,
          instances: subgraphs,
          schemaHashes: await schemaHashes(schemas),
        }),
    });
  }

  /** A damaged registry is opened as it is while there is a checkpoint to serve from: it says so to whoever asks. */
  async #openStorage(directory: string): Promise<Storage> {
    const { checkpoint } = this.#config.supergraph;
    try {
      return await openDirectoryStorage(directory);
    } catch (error) {
      if (!isHeadgateError(error, 'REGISTRY_CORRUPT') || checkpoint === null) throw error;
      if ((await readCheckpoint(checkpoint)) === null) throw error;
      return damagedStorage(error);
    }
  }

  /**
   * Delivers the first supergraph; with source registry it may come later.
   * @throws {HeadgateError} COMPOSITION_FAILED, SUPERGRAPH_INVALID, SUPERGRAPH_UNAVAILABLE
   */
  async start(): Promise<void> {
    const { source, path, subgraphs, checkpoint } = this.#config.supergraph;
    const deliver: Deliver = async (sdl, origin, composed = []) => this.#deliver(await supplied(sdl, origin, composed));
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

  /**
   * Hot reload: when the configuration names other subgraphs, what they compose to is taken over with it. Another source or
   * path waits for a restart.
   * @param takeOver takes over the configuration, with the supergraph where there is a new one
   * @throws what composition or `takeOver` throws; nothing changed then
   */
  async update(next: Config, takeOver: (supergraph: SuppliedSupergraph | null) => Promise<void>): Promise<void> {
    const { source, subgraphs } = next.supergraph;
    const feed = source === this.#config.supergraph.source && isSubgraphsFeed(this.#feed) ? this.#feed : null;
    if (feed === null || feed.hasSame(subgraphs)) {
      await takeOver(null);
      this.#config = next;
      await feed?.refresh();
      return;
    }
    const prepared = await prepareFeed(subgraphs, feed, (supergraph) => this.#deliver(supergraph));
    try {
      await takeOver(prepared.supergraph);
    } catch (error) {
      await prepared.abandon(error);
      throw error;
    }
    this.#config = next;
    this.#feed = prepared.commit();
    await Promise.all([feed.close(), this.#keep(prepared.supergraph.sdl)]);
    await this.#feed.refresh();
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
    await this.#keep(supergraph.sdl);
  }

  async #keep(sdl: string): Promise<void> {
    const { checkpoint } = this.#config.supergraph;
    if (checkpoint === null) return;
    try {
      await writeCheckpoint(checkpoint, sdl);
      this.#unkept = null;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) announce('internal.error', { where: `checkpoint ${checkpoint}`, error });
      else if (code !== this.#unkept)
        announce('config.notice', { message: notKept('supergraph.checkpoint', checkpoint, code) });
      this.#unkept = code ?? null;
    }
  }
}

async function supplied(
  sdl: string,
  origin: string,
  composed: readonly SubgraphDefinition[],
): Promise<SuppliedSupergraph> {
  const schemas = composed.map(({ name, sdl: own }) => [name, own] as const);
  return { sdl, origin, instances: new Map(), schemaHashes: await schemaHashes(schemas) };
}

/** A feed of other subgraphs whose first supergraph is there. Either of commit and abandon is called, once. */
interface PreparedFeed {
  readonly supergraph: SuppliedSupergraph;
  /** From now on it delivers. */
  commit(): SupergraphFeed;
  abandon(reason: unknown): Promise<void>;
}

/**
 * Opens a feed that delivers nothing yet.
 * @param before what it knows of subgraphs that stay is used
 * @throws what the feed cannot start with
 */
async function prepareFeed(
  subgraphs: readonly SubgraphSource[],
  before: SubgraphsFeed,
  deliver: (supergraph: SuppliedSupergraph) => Promise<void>,
): Promise<PreparedFeed> {
  let first: SuppliedSupergraph | null = null;
  let decide = (_refusal: unknown) => {};
  /** Rejects when the feed is abandoned. */
  const decided = new Promise<void>((resolve, reject) => {
    decide = (refusal) => (refusal === null ? resolve() : reject(refusal));
  });
  decided.catch(() => undefined);
  const feed = openSubgraphsSource(
    subgraphs,
    async (sdl, origin, composed = []) => {
      const next = await supplied(sdl, origin, composed);
      if (first === null) {
        first = next;
        return;
      }
      await decided;
      await deliver(next);
    },
    {},
    before.sdlsOf(subgraphs),
  );
  const abandon = async (reason: unknown) => {
    decide(reason);
    await feed.close();
  };
  try {
    await feed.start();
    if (first === null) throw new HeadgateError('INTERNAL', 'the subgraphs composed to nothing');
  } catch (error) {
    await abandon(error);
    throw error;
  }
  const commit = () => {
    decide(null);
    return feed;
  };
  return { supergraph: first, commit, abandon };
}

function announceRefusal(source: string, error: unknown): void {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  announce('supergraph.refused', { source, code, message: error instanceof Error ? error.message : String(error) });
}

function isSubgraphsFeed(feed: SupergraphFeed | null): feed is SubgraphsFeed {
  return feed !== null && 'hasSame' in feed;
}
