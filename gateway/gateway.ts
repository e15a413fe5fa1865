import type { Config } from './config/config';
import type { LoadedConfig } from './config/load';
import { isHeadgateError } from './errors';
import { announce } from './events';
import { createAdminListener } from './http/admin';
import { createServerListener } from './http/client-listener';
import { createHealth, type Health } from './http/health';
import type { Listener } from './http/listener';
import { registryRoutes } from './http/routes/registry';
import { startLog } from './observability/log';
import { createPipeline, type ServingPipeline } from './pipeline';
import { openRegistry, type Registry } from './registry/registry';
import { openDirectoryStorage } from './registry/storage/directory/directory-storage';
import { createServingMaker, type KnownInstances, type ServingMaker } from './serving';
import { readCheckpoint, writeCheckpoint } from './supergraph/checkpoint';
import { closeCompositionThread, composeSubgraphs } from './supergraph/compose';
import type { SupergraphFeed } from './supergraph/sources/feed';
import { openFileSource } from './supergraph/sources/file-source';
import { openSubgraphsSource, type SubgraphsFeed } from './supergraph/sources/subgraphs-source';
import { watchFiles } from './supergraph/watch-files';
import { createPools, type Pools } from './transport/pools';

export interface GatewayOptions {
  /** Reads the configuration again; called when one of its files changes. Without it nothing is reloaded. */
  readonly reload?: () => Promise<LoadedConfig>;
  /** Apollo Server plugins, beside those that `apollo.plugins` names. */
  readonly plugins?: readonly object[];
}

/** A gateway in this process. */
export interface Gateway {
  /**
   * Listens, and loads the first supergraph; with source registry the first one may come later.
   * @returns URLs of the listeners
   * @throws {HeadgateError} PORT_IN_USE, COMPOSITION_FAILED, SUPERGRAPH_INVALID, SUPERGRAPH_UNAVAILABLE, REGISTRY_LOCKED
   */
  start(): Promise<{ readonly server: string; readonly admin: string | null }>;
  /** Answers what is in flight, then closes everything. @param signal what asked for it, for the log */
  stop(signal?: string): Promise<void>;
}

const NO_INSTANCES: KnownInstances = new Map();
/** What pools may still finish once no client waits any more: mutations already sent. */
const POOL_GRACE_MS = 1_000;
/** Sections of {@link Config} that listeners, threads and files are opened with. */
const RESTART_SECTIONS = ['server', 'admin', 'planning', 'registry', 'log', 'workers'] as const;

class HeadgateGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #health: Health;
  readonly #pipeline: ServingPipeline;
  readonly #pools: Pools;
  readonly #maker: ServingMaker;
  readonly #log: ReturnType<typeof startLog>;
  #loaded: LoadedConfig;
  #instances: KnownInstances = NO_INSTANCES;
  #server: Listener | null = null;
  #admin: Listener | null = null;
  #feed: SupergraphFeed | null = null;
  #registry: Registry | null = null;
  #configWatch: { close(): void } | null = null;
  /** Activations, one after another. */
  #activating: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | null = null;

  constructor(loaded: LoadedConfig, options: GatewayOptions) {
    const { config } = loaded;
    this.#loaded = loaded;
    this.#options = options;
    this.#log = startLog(config.log);
    this.#pools = createPools();
    this.#maker = createServingMaker(this.#pools);
    this.#pipeline = createPipeline(pipelineOptions(config), (serving) => this.#maker.retire(serving));
    this.#health = createHealth(() => this.#pipeline.ready);
  }

  get #config(): Config {
    return this.#loaded.config;
  }

  async start(): Promise<{ readonly server: string; readonly admin: string | null }> {
    const { server: options, admin: adminOptions } = this.#config;
    this.#notices();
    this.#server = createServerListener({
      options,
      pipeline: this.#pipeline,
      health: this.#health,
      plugins: this.#options.plugins ?? [],
    });
    const server = await this.#server.listen();
    if (this.#config.supergraph.source === 'registry') await this.#openRegistry();
    if (adminOptions !== null) {
      this.#admin = createAdminListener({
        options: adminOptions,
        health: this.#health,
        pools: () => this.#pools.views(),
        routes: this.#registry === null ? [] : registryRoutes(this.#registry),
      });
    }
    const admin = (await this.#admin?.listen()) ?? null;
    await this.#openFeed();
    this.#watchConfig();
    return { server: server.url, admin: admin?.url ?? null };
  }

  #notices(): void {
    const { notInEffect } = this.#config;
    if (notInEffect.length > 0)
      announce('config.notice', { message: `accepted, but not in effect in this version: ${notInEffect.join(', ')}` });
  }

  async #openRegistry(): Promise<void> {
    const storage = await openDirectoryStorage(this.#config.registry.directory);
    this.#registry = await openRegistry({
      storage,
      compose: composeSubgraphs,
      validate: (sdl) => this.#maker.check(sdl),
      deliver: ({ sdl, revision, subgraphs }) => this.#deliver(sdl, `registry revision ${revision}`, subgraphs),
    });
  }

  async #openFeed(): Promise<void> {
    const { source, path, subgraphs, checkpoint } = this.#config.supergraph;
    const deliver = (sdl: string, origin: string) => this.#deliver(sdl, origin, NO_INSTANCES);
    if (source === 'registry') {
      // The registry opens also when its head cannot be served, so that somebody can roll it back.
      if (checkpoint !== null && !this.#pipeline.ready) await this.#useCheckpoint(checkpoint);
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

  /** @returns false when there is no usable checkpoint */
  async #useCheckpoint(path: string): Promise<boolean> {
    const sdl = await readCheckpoint(path);
    if (sdl === null) return false;
    await this.#activate(sdl, path, NO_INSTANCES);
    announce('supergraph.checkpoint.used', { path, version: this.#pipeline.serving?.supergraph.version ?? '' });
    return true;
  }

  async #deliver(sdl: string, origin: string, instances: KnownInstances): Promise<void> {
    await this.#activate(sdl, origin, instances);
    const { checkpoint } = this.#config.supergraph;
    if (checkpoint === null) return;
    try {
      await writeCheckpoint(checkpoint, sdl);
    } catch (error) {
      announce('internal.error', { where: `checkpoint ${checkpoint}`, error });
    }
  }

  /** Makes the next version and swaps it in, one at a time. */
  #activate(sdl: string, origin: string, instances: KnownInstances): Promise<void> {
    const activation = this.#activating.then(async () => {
      const serving = await this.#maker.make({ sdl, instances }, this.#config, this.#pipeline.serving);
      this.#instances = instances;
      this.#pipeline.activate(serving);
      const { version, subgraphs } = serving.supergraph;
      announce('supergraph.activated', { version, source: origin, subgraphs: [...subgraphs.keys()] });
    });
    this.#activating = activation.catch(() => {});
    return activation;
  }

  #watchConfig(): void {
    const { files } = this.#loaded;
    const { reload } = this.#options;
    if (reload === undefined || files.length === 0) return;
    this.#configWatch?.close();
    this.#configWatch = watchFiles([...files], () => void this.#reload(reload));
  }

  async #reload(reload: () => Promise<LoadedConfig>): Promise<void> {
    const path = this.#loaded.path ?? '';
    try {
      await this.#takeOver(await reload());
      announce('config.reloaded', { path });
    } catch (error) {
      announce('config.refused', { path, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What can change while running changes; for the rest a notice says that a restart is needed. */
  async #takeOver(next: LoadedConfig): Promise<void> {
    const before = this.#config;
    this.#loaded = next;
    this.#watchConfig();
    this.#notices();
    this.#pipeline.update(pipelineOptions(next.config));
    const { serving } = this.#pipeline;
    if (serving !== null) await this.#activate(serving.supergraph.sdl, 'configuration', this.#instances);
    if (next.config.supergraph.source === before.supergraph.source && isSubgraphsFeed(this.#feed))
      await this.#feed.update(next.config.supergraph.subgraphs);
    const restart = RESTART_SECTIONS.filter((key) => !sameOptions(before[key], next.config[key]));
    if (
      next.config.supergraph.source !== before.supergraph.source ||
      next.config.supergraph.path !== before.supergraph.path
    )
      announce('config.notice', {
        message: 'a change of supergraph.source or supergraph.path takes effect on restart',
      });
    if (restart.length > 0)
      announce('config.notice', { message: `changes in these sections take effect on restart: ${restart.join(', ')}` });
  }

  stop(signal = 'stop'): Promise<void> {
    this.#stopped ??= this.#close(signal);
    return this.#stopped;
  }

  async #close(signal: string): Promise<void> {
    announce('server.draining', { signal });
    const { drainMs } = this.#config.server;
    this.#configWatch?.close();
    await Promise.all([this.#server?.drain(drainMs), this.#admin?.drain(drainMs)]);
    await this.#feed?.close();
    await this.#registry?.close();
    await this.#activating;
    this.#pipeline.close();
    await Promise.all([this.#maker.idle(), this.#pools.close(POOL_GRACE_MS), closeCompositionThread()]);
    await this.#log.close();
  }
}

function announceRefusal(source: string, error: unknown): void {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  announce('supergraph.refused', { source, code, message: error instanceof Error ? error.message : String(error) });
}

function pipelineOptions({ limits, server }: Config) {
  return { limits, exposeQueryPlan: server.exposeQueryPlan };
}

function isSubgraphsFeed(feed: SupergraphFeed | null): feed is SubgraphsFeed {
  return feed !== null && 'update' in feed;
}

function sameOptions(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @throws {HeadgateError} CONFIG_INVALID */
export async function createGateway(loaded: LoadedConfig, options: GatewayOptions = {}): Promise<Gateway> {
  return new HeadgateGateway(loaded, options);
}
