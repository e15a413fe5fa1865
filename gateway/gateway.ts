import { type Audit, openAudit } from './audit/audit';
import { writeDenied } from './audit/denied-access';
import { Authentication } from './authentication/authentication';
import { DEFAULT_AUTHORIZATION } from './authorization/options';
import { type Change, type PreparedChange, preparedTogether } from './change';
import type { Config } from './config/config';
import type { LoadedConfig } from './config/load';
import { announceNotInEffect, type ConfigWatch, watchConfig } from './config/watch-config';
import { DemandControl } from './demand-control/demand-control';
import { announce } from './events';
import { Concurrency } from './http/concurrency';
import { createHealth, type Health } from './http/health';
import type { Listener } from './http/listener';
import type { Route } from './http/route';
import { metricsRoute } from './http/routes/metrics';
import { poolActionRoutes } from './http/routes/pool-actions';
import { poolRoutes } from './http/routes/pools';
import { registryRoutes } from './http/routes/registry';
import { instanceRoutes } from './http/routes/registry-instances';
import { usageRoutes } from './http/routes/usage';
import { defaultKeptBytes, keptBytes } from './kept';
import { createAdminListener } from './listeners/admin';
import { type ClientListener, createClientListener } from './listeners/client';
import { registryKeyRing } from './listeners/registry-key-ring';
import { startLog } from './observability/log';
import { type Metrics, startMetrics } from './observability/metrics/metrics';
import { type OperationOptions, Operations } from './operations/operations';
import { UsageRecorder } from './operations/usage-recorder';
import { packageVersion } from './package-root';
import { checkServerPeers } from './peers';
import { createPersistedQueries } from './persisted-documents/automatic';
import { CurrentDocuments, textsOf } from './persisted-documents/in-service';
import { closePlugins } from './plugins/close-plugins';
import { checkedPlugins, loadPlugins } from './plugins/load-plugins';
import type { Plugin, PluginModule } from './plugins/plugin';
import { pluginLayers } from './plugins/plugin-layers';
import { RateLimits } from './rate-limits/rate-limits';
import { readLeaseRecords } from './registry/lease-records';
import { LeaseBook } from './registry/leases';
import { closeCompositionThread } from './supergraph/compose';
import { type DeliveredSupergraph, SupergraphProvider } from './supergraph-provider';
import { keepPoolCheckpoint, type PoolCheckpoint, readPoolCheckpoint } from './transport/pool-checkpoint';
import { createPools, type Pools } from './transport/pools';
import { answersUnderWay, defaultUnderWayBytes } from './under-way';
import type { Upstream } from './upstream';
import type { UsageReport } from './usage/counts';
import type { UsageBook } from './usage/usage-book';
import { UsageFile } from './usage/usage-file';
import { createVersionMaker, type KnownInstances, type SchemaHashes, type VersionMaker } from './versions';

export interface GatewayOptions {
  /** Reads the configuration again; called when one of its files changes. Without it nothing is reloaded. */
  readonly reload?: () => Promise<LoadedConfig>;
  /** Plugins beside those that `plugins` names, inside of them. */
  readonly plugins?: readonly PluginModule[];
  /** Apollo Server plugins, beside those that `apollo.plugins` names. */
  readonly apolloPlugins?: readonly object[];
  /** In a worker process: what its primary opens in its place. */
  readonly upstream?: Upstream;
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
const NO_CONNECTIONS = { open: 0, max: 0, refused: 0 };
const NO_HASHES: SchemaHashes = new Map();
/** What pools may still finish once no client waits any more: mutations already sent. */
const POOL_GRACE_MS = 1_000;

class HeadgateGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #health: Health;
  readonly #concurrency: Concurrency;
  /** Null when nobody counts. */
  readonly #rates: RateLimits | null;
  /** Null when nobody asks what operations cost. */
  readonly #demand: DemandControl | null;
  readonly #documents: CurrentDocuments;
  /** Null when nobody is asked who they are, and before the start. */
  #authentication: Authentication | null = null;
  readonly #operations: Operations;
  readonly #pools: Pools;
  readonly #maker: VersionMaker;
  readonly #log: ReturnType<typeof startLog>;
  /** Null when nobody could ask for them. */
  readonly #metrics: Metrics | null;
  #loaded: LoadedConfig;
  #instances: KnownInstances = NO_INSTANCES;
  #schemaHashes: SchemaHashes = NO_HASHES;
  #server: ClientListener | null = null;
  #admin: Listener | null = null;
  readonly #leases: LeaseBook;
  /** Null when none is written, and in a worker, whose primary has it. */
  #audit: Audit | null = null;
  /** Of a worker. */
  #stopDenied: () => void = () => undefined;
  /** What clients ask for, on its way to whoever keeps it; null when nobody records it. */
  readonly #usage: UsageRecorder | null;
  /** Null when nobody records it, and in a worker, whose primary has it. */
  #usageFile: UsageFile | null = null;
  #poolCheckpoint: { close(): Promise<void> } | null = null;
  readonly #supergraphs: SupergraphProvider;
  #configWatch: ConfigWatch | null = null;
  /** Changes, one after another. */
  #changing: Promise<unknown> = Promise.resolve();
  #plugins: readonly Plugin[] = [];
  #stopped: Promise<void> | null = null;

  constructor(loaded: LoadedConfig, options: GatewayOptions) {
    const { config } = loaded;
    this.#loaded = loaded;
    this.#options = options;
    setBudgets(config);
    this.#log = startLog(
      options.upstream === undefined ? config.log : { ...config.log, worker: options.upstream.worker },
    );
    this.#leases = new LeaseBook({
      discoveryOf: (pool) => this.#pools.discoveryOf(pool),
      isWell: (pool, url) => this.#pools.isWell(pool, url),
      addresses: () => this.#config.addresses,
    });
    this.#pools = createPools(this.#leases);
    this.#concurrency = new Concurrency(config.clients);
    const store = options.upstream?.store ?? null;
    this.#rates = config.rateLimits === null ? null : new RateLimits(config.rateLimits, { store });
    const asksForCosts = () => this.#rates?.readsCost === true;
    const isPlaced = config.demandControl !== null || this.#rates !== null;
    this.#demand = isPlaced ? new DemandControl(config.demandControl, asksForCosts) : null;
    this.#documents = new CurrentDocuments(config.documents);
    this.#usage = config.usage === null ? null : new UsageRecorder((reports) => this.#keepUsage(reports));
    this.#metrics =
      config.admin === null
        ? null
        : startMetrics({
            pools: () => this.#pools.views(),
            planner: () => this.#operations.version?.planner.numbers ?? null,
            clients: this.#concurrency,
            connections: () => this.#server?.connections ?? NO_CONNECTIONS,
            version: packageVersion,
          });
    this.#maker = createVersionMaker(this.#pools, undefined, () => pluginLayers(this.#plugins));
    this.#operations = new Operations(operationOptions(config), (version) => this.#maker.retire(version));
    this.#health = createHealth(() => this.#operations.ready, options.upstream?.workers);
    this.#supergraphs = new SupergraphProvider(config, {
      serve: (supergraph) => this.#activate(supergraph),
      isServing: () => this.#operations.ready,
      usage: () => this.#usageNow(),
    });
  }

  get #config(): Config {
    return this.#loaded.config;
  }

  get #tellsDenied(): boolean {
    return this.#config.audit?.denied === true;
  }

  async start(): Promise<{ readonly server: string; readonly admin: string | null }> {
    const { upstream } = this.#options;
    if (upstream === undefined) await this.#openAudit();
    else if (this.#tellsDenied && upstream.audit !== undefined) this.#stopDenied = writeDenied(upstream.audit);
    await this.#recallPools();
    await this.#loadPlugins();
    const { authentication } = this.#config;
    if (authentication !== null) this.#authentication = await Authentication.open(authentication);
    this.#server = createClientListener({
      options: this.#config.server,
      operations: this.#operations,
      health: this.#health,
      concurrency: this.#concurrency,
      browsers: this.#config.clients,
      tls: this.#config.clients.tls,
      authentication: this.#authentication,
      counting: { rates: this.#rates, demand: this.#demand, usage: this.#usage },
      persisted: {
        options: this.#config.persistedDocuments,
        documents: this.#documents.get,
        queries: createPersistedQueries(upstream?.store ?? null),
      },
      plugins: pluginLayers(this.#plugins),
      apolloPlugins: this.#options.apolloPlugins ?? [],
      tellsDenied: this.#tellsDenied,
      acceptor: upstream?.acceptor,
    });
    const { url } = await this.#server.listen();
    const admin = upstream === undefined ? await this.#openSources() : await this.#openUpstream(upstream);
    this.#keepPools();
    return { server: url, admin };
  }

  async #openAudit(): Promise<void> {
    const { audit } = this.#config;
    if (audit !== null) this.#audit = await openAudit(audit, { version: packageVersion, pid: process.pid });
  }

  /** What clients have asked for until now; null: nobody records it. */
  async #usageNow(): Promise<UsageBook | null> {
    await this.#usage?.report();
    return this.#usageFile?.book ?? null;
  }

  #keepUsage(reports: readonly UsageReport[]): void {
    const { upstream } = this.#options;
    if (upstream === undefined) this.#usageFile?.add(reports);
    else upstream.usage?.(reports);
  }

  async #loadPlugins(): Promise<void> {
    const named = await loadPlugins(this.#config.server.plugins);
    this.#plugins = [...named, ...(await checkedPlugins(this.#options.plugins ?? []))];
    this.#operations.decidePoliciesBy(pluginLayers(this.#plugins).policies);
  }

  async #openSources(): Promise<string | null> {
    const { admin: options } = this.#config;
    const { reload } = this.#options;
    announceNotInEffect(this.#config);
    await this.#supergraphs.open();
    const { usage } = this.#config;
    if (usage !== null) this.#usageFile = await UsageFile.open(usage);
    if (options !== null) {
      const { registry } = this.#supergraphs;
      const auditParts = { trail: this.#audit?.trail ?? null, tellsDenied: this.#tellsDenied };
      const routes = [
        ...this.#operatorRoutes(),
        ...(registry === null
          ? []
          : registryRoutes(
              registry,
              options.keys?.map(({ name }) => name),
            )),
        ...(this.#usageFile === null ? [] : usageRoutes(() => this.#usageNow())),
      ];
      const keys = registry === null ? undefined : registryKeyRing(registry.keys);
      this.#admin = createAdminListener({ options, health: this.#health, routes, keys, ...auditParts });
    }
    const admin = (await this.#admin?.listen()) ?? null;
    await this.#supergraphs.start();
    if (reload !== undefined)
      this.#configWatch = watchConfig(this.#loaded, reload, (loaded) =>
        this.#supergraphs.update(loaded.config, (supergraph) => this.#change({ supergraph, loaded })),
      );
    return admin?.url ?? null;
  }

  async #openUpstream(upstream: Upstream): Promise<null> {
    await upstream.open({
      serve: (supergraph) => this.#activate(supergraph),
      prepare: (change) => this.#prepare(change),
      recordPools: () => this.#recordPools(),
      reportUsage: async () => this.#usage?.report(),
      routes: this.#operatorRoutes(),
    });
    return null;
  }

  /** Calls about what this process knows and does; the registry's are about all that share it. */
  #operatorRoutes(): readonly Route[] {
    return [
      ...poolRoutes(() => this.#pools.views()),
      ...poolActionRoutes(this.#pools),
      ...(this.#metrics === null ? [] : [metricsRoute(this.#metrics)]),
      ...instanceRoutes(this.#leases),
    ];
  }

  async #recallPools(): Promise<void> {
    const { checkpoint } = this.#config.discovery;
    const sibling = this.#options.upstream?.pools ?? null;
    if (sibling === null && checkpoint === null) return;
    const { pools, leases } = sibling ?? (await readPoolCheckpoint(checkpoint ?? ''));
    this.#leases.restore(readLeaseRecords(leases));
    this.#pools.remember(pools);
  }

  #keepPools(): void {
    const { checkpoint } = this.#config.discovery;
    if (checkpoint === null || this.#options.upstream?.keepsPools === false) return;
    this.#poolCheckpoint = keepPoolCheckpoint(checkpoint, () => this.#recordPools());
  }

  #recordPools(): PoolCheckpoint {
    return { pools: this.#pools.records(), leases: this.#leases.records() };
  }

  #activate(supergraph: DeliveredSupergraph): Promise<void> {
    return this.#change({ supergraph, loaded: null });
  }

  #change(change: Change): Promise<void> {
    const changed = this.#changing.then(async () => (await this.#prepare(change)).commit());
    this.#changing = changed.catch(() => {});
    return changed;
  }

  /** Everything that may fail comes here; what it returns only assigns. */
  #prepare({ supergraph, loaded }: Change): Promise<PreparedChange> {
    const version = () => this.#prepareVersion(supergraph ?? this.#inService(), loaded);
    return preparedTogether(loaded === null ? [version] : [() => this.#prepareConfig(loaded), version]);
  }

  async #prepareConfig(loaded: LoadedConfig): Promise<PreparedChange> {
    const { authentication, rateLimits } = loaded.config;
    const takeRates = rateLimits === null ? undefined : this.#rates?.prepare(rateLimits);
    const identity = authentication === null ? undefined : await this.#authentication?.prepare(authentication);
    return {
      commit: () => {
        this.#adopt(loaded);
        takeRates?.();
        identity?.commit();
      },
      abandon: () => identity?.abandon(),
    };
  }

  /** @param delivered null: there is nothing to serve yet @param loaded null: the configuration stays */
  async #prepareVersion(delivered: DeliveredSupergraph | null, loaded: LoadedConfig | null): Promise<PreparedChange> {
    const { config } = loaded ?? this.#loaded;
    const options = operationOptions(config);
    if (delivered === null) return { commit: () => this.#operations.update(options), abandon: () => undefined };
    const { origin, instances, schemaHashes = NO_HASHES } = delivered;
    const prepared = await this.#maker.prepare(delivered, config, this.#operations.version);
    const next = prepared.version;
    const published = delivered.documents ?? this.#documents.published;
    const texts = textsOf(config.documents, published);
    const swap = await this.#operations
      .prepare(next, loaded === null ? undefined : options, texts)
      .catch((error: unknown) => {
        prepared.abandon();
        throw error;
      });
    return {
      commit: () => {
        this.#documents.update(config.documents, published);
        this.#instances = instances;
        this.#schemaHashes = schemaHashes;
        prepared.commit();
        swap();
        const { version, subgraphs } = next.supergraph;
        announce('supergraph.activated', { version, source: origin, subgraphs: [...subgraphs.keys()] });
      },
      abandon: () => prepared.abandon(),
    };
  }

  /** What is served now, for another configuration. */
  #inService(): DeliveredSupergraph | null {
    const { version } = this.#operations;
    if (version === null) return null;
    const { sdl } = version.supergraph;
    return { sdl, origin: 'configuration', instances: this.#instances, schemaHashes: this.#schemaHashes };
  }

  #adopt(loaded: LoadedConfig): void {
    this.#loaded = loaded;
    setBudgets(loaded.config);
    this.#concurrency.update(loaded.config.clients);
    this.#demand?.update(loaded.config.demandControl);
    this.#server?.update(loaded.config.clients);
    this.#documents.update(loaded.config.documents, this.#documents.published);
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
    await this.#usage?.close();
    await this.#usageFile?.close();
    await this.#supergraphs.close();
    await this.#changing;
    await closePlugins(this.#plugins);
    await this.#authentication?.close();
    await this.#poolCheckpoint?.close();
    this.#leases.close();
    this.#operations.close();
    this.#options.upstream?.store.close();
    await Promise.all([this.#maker.idle(), this.#pools.close(POOL_GRACE_MS), closeCompositionThread()]);
    this.#stopDenied();
    await this.#audit?.close();
    this.#metrics?.close();
    await this.#log.close();
  }
}

/** Of the process: of several gateways in one, the last one has its way. */
export function setBudgets({ memory }: Config): void {
  keptBytes.resize(memory.keptBytes ?? defaultKeptBytes());
  answersUnderWay.resize(memory.underWayBytes ?? defaultUnderWayBytes());
}

function operationOptions({
  limits,
  authorization,
  server: { introspection, exposeQueryPlan },
}: Config): OperationOptions {
  return {
    limits,
    hideSuggestions: !introspection,
    introspection,
    exposeQueryPlan,
    authorization: authorization ?? DEFAULT_AUTHORIZATION,
  };
}

/** @throws {HeadgateError} CONFIG_INVALID, PEER_UNFIT */
export async function createGateway(loaded: LoadedConfig, options: GatewayOptions = {}): Promise<Gateway> {
  checkServerPeers();
  return new HeadgateGateway(loaded, options);
}
