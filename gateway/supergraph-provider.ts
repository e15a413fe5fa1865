import type { Config } from './config/config';
import { HeadgateError, isHeadgateError } from './errors';
import { announce } from './events';
import type { ManifestDocument } from './persisted-documents/options';
import { countPublished, PublishedReader } from './persisted-documents/read-published';
import { Judge } from './registry/judgement';
import { openRegistry, type Registry } from './registry/registry';
import { damagedStorage } from './registry/storage/damaged-storage';
import { openDirectoryStorage } from './registry/storage/directory/directory-storage';
import type { Storage } from './registry/storage/storage';
import { readCheckpoint, writeCheckpoint } from './supergraph/checkpoint';
import { compareSupergraphs } from './supergraph/compare/compare';
import { composeSubgraphs } from './supergraph/compose';
import { lint } from './supergraph/lint/lint-off-thread';
import type { SubgraphSource } from './supergraph/options';
import { supergraphVersion } from './supergraph/read';
import { openFileSource } from './supergraph/sources/file-source';
import type { Deliver, SupergraphSource } from './supergraph/sources/source';
import { openSubgraphsSource, type SubgraphsSource } from './supergraph/sources/subgraphs-source';
import type { SubgraphDefinition } from './supergraph/supergraph';
import { codeOf } from './supergraph/thrown';
import { notKept } from './supergraph/write-file';
import type { UsageBook } from './usage/usage-book';
import { checkAdapters, checkVersion, type KnownInstances, type SchemaHashes, schemaHashes } from './versions';

/** A supergraph on its way into service. */
export interface DeliveredSupergraph {
  readonly sdl: string;
  /** For the log. */
  readonly origin: string;
  /** What the registry knows; empty for other sources. */
  readonly instances: KnownInstances;
  /** Of the subgraphs whose SDL the source knows. */
  readonly schemaHashes?: SchemaHashes;
  /** Persisted documents that are published beside it; absent for other sources. */
  readonly documents?: readonly ManifestDocument[];
}

export interface SupplyParts {
  /** Takes a supergraph into service. Rejects when it cannot be served; what ran before goes on then. */
  readonly serve: (supergraph: DeliveredSupergraph) => Promise<void>;
  readonly isServing: () => boolean;
  /** What clients ask for; null: nobody records it. */
  readonly usage: () => Promise<UsageBook | null>;
}

/** Source of supergraphs: the configured one or the registry, and the checkpoint when they fail. */
export class SupergraphProvider {
  readonly #parts: SupplyParts;
  #config: Config;
  #opened: SupergraphSource | null = null;
  #registry: Registry | null = null;
  readonly #published = new PublishedReader();
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
    const { checks, directory, lint: levels, retention } = this.#config.registry;
    const judge = new Judge({ checks, usage: this.#parts.usage, compare: compareSupergraphs });
    const storage = await this.#openStorage(directory);
    this.#registry = await openRegistry({
      storage,
      compose: composePublished,
      lint: (subgraph, before, sdl) => lint(subgraph, before, sdl, levels),
      judge: (before, after) => judge.judge(before, after),
      validate: (sdl, instances) => checkVersion({ sdl, instances }, this.#config),
      readManifest: countPublished,
      addresses: () => this.#config.addresses,
      retention,
      deliver: async ({ sdl, revision, subgraphs, schemas, operations }) =>
        this.#deliver({
          sdl,
          origin: `registry revision ${revision}`,
          instances: subgraphs,
          schemaHashes: await schemaHashes(schemas),
          documents: await this.#published.read(operations),
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
    const deliver: Deliver = async (sdl, origin, composed = []) =>
      this.#deliver(await delivered(sdl, origin, composed));
    if (source === 'registry') {
      // The registry opens also when its head cannot be served, so that somebody can roll it back.
      if (checkpoint !== null && !this.#parts.isServing()) await this.#useCheckpoint(checkpoint);
      return;
    }
    this.#opened =
      source === 'file'
        ? openFileSource(path ?? '', deliver)
        : openSubgraphsSource(subgraphs, deliver, { compose: composingFiles(subgraphs) });
    try {
      await this.#opened.start();
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
  async update(next: Config, takeOver: (supergraph: DeliveredSupergraph | null) => Promise<void>): Promise<void> {
    const { source, subgraphs } = next.supergraph;
    const opened = source === this.#config.supergraph.source && isSubgraphsSource(this.#opened) ? this.#opened : null;
    if (opened === null || opened.hasSame(subgraphs)) {
      await takeOver(null);
      this.#config = next;
      await opened?.refresh();
      return;
    }
    const prepared = await prepareSource(subgraphs, opened, (supergraph) => this.#deliver(supergraph));
    try {
      await takeOver(prepared.supergraph);
    } catch (error) {
      await prepared.abandon(error);
      throw error;
    }
    this.#config = next;
    this.#opened = prepared.commit();
    await Promise.all([opened.close(), this.#keep(prepared.supergraph.sdl)]);
    await this.#opened.refresh();
  }

  async close(): Promise<void> {
    await this.#opened?.close();
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

  async #deliver(supergraph: DeliveredSupergraph): Promise<void> {
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

/** Composes when every REST adapter is right: what is wrong with one is told by lines of its author's text. */
const composePublished: typeof composeSubgraphs = async (definitions, signal) => {
  const warnings = checkAdapters(definitions, () => null);
  const composed = await composeSubgraphs(definitions, signal);
  return { ...composed, hints: [...composed.hints, ...warnings] };
};

/** The same of files. */
function composingFiles(subgraphs: readonly SubgraphSource[]): typeof composeSubgraphs {
  const files = new Map(subgraphs.flatMap(({ name, schema }) => ('file' in schema ? [[name, schema.file]] : [])));
  return async (definitions, signal) => {
    for (const { message } of checkAdapters(definitions, (name) => files.get(name) ?? null))
      announce('config.notice', { message });
    return composeSubgraphs(definitions, signal);
  };
}

async function delivered(
  sdl: string,
  origin: string,
  composed: readonly SubgraphDefinition[],
): Promise<DeliveredSupergraph> {
  const schemas = composed.map(({ name, sdl: own }) => [name, own] as const);
  return { sdl, origin, instances: new Map(), schemaHashes: await schemaHashes(schemas) };
}

/** A source of other subgraphs whose first supergraph is there. Either of commit and abandon is called, once. */
interface PreparedFeed {
  readonly supergraph: DeliveredSupergraph;
  /** From now on it delivers. */
  commit(): SupergraphSource;
  abandon(reason: unknown): Promise<void>;
}

/**
 * Opens a source that delivers nothing yet.
 * @param before what it knows of subgraphs that stay is used
 * @throws what the source cannot start with
 */
async function prepareSource(
  subgraphs: readonly SubgraphSource[],
  before: SubgraphsSource,
  deliver: (supergraph: DeliveredSupergraph) => Promise<void>,
): Promise<PreparedFeed> {
  let first: DeliveredSupergraph | null = null;
  let decide = (_refusal: unknown) => {};
  /** Rejects when the source is abandoned. */
  const decided = new Promise<void>((resolve, reject) => {
    decide = (refusal) => (refusal === null ? resolve() : reject(refusal));
  });
  decided.catch(() => undefined);
  const opened = openSubgraphsSource(
    subgraphs,
    async (sdl, origin, composed = []) => {
      const next = await delivered(sdl, origin, composed);
      if (first === null) {
        first = next;
        return;
      }
      await decided;
      await deliver(next);
    },
    { known: before.sdlsOf(subgraphs), compose: composingFiles(subgraphs) },
  );
  const abandon = async (reason: unknown) => {
    decide(reason);
    await opened.close();
  };
  try {
    await opened.start();
    if (first === null) throw new HeadgateError('INTERNAL', 'the subgraphs composed to nothing');
  } catch (error) {
    await abandon(error);
    throw error;
  }
  const commit = () => {
    decide(null);
    return opened;
  };
  return { supergraph: first, commit, abandon };
}

function announceRefusal(source: string, error: unknown): void {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  announce('supergraph.refused', { source, code, message: error instanceof Error ? error.message : String(error) });
}

function isSubgraphsSource(opened: SupergraphSource | null): opened is SubgraphsSource {
  return opened !== null && 'hasSame' in opened;
}
