import { pino } from 'pino';
import { type Audit, openAudit } from '../audit/audit';
import { inBackground } from '../background';
import type { LoadedConfig } from '../config/load';
import { announceNotInEffect, type ConfigWatch, watchConfig } from '../config/watch-config';
import { announce } from '../events';
import { type Gateway, setBudgets } from '../gateway';
import { createHealth, type Health } from '../http/health';
import type { Listener } from '../http/listener';
import type { Answer } from '../http/route';
import { registryRoutes } from '../http/routes/registry';
import { usageRoutes } from '../http/routes/usage';
import { createAdminListener } from '../listeners/admin';
import { registryKeyRing } from '../listeners/registry-key-ring';
import { startLog } from '../observability/log';
import { type Metrics, startMetrics } from '../observability/metrics/metrics';
import { packageVersion } from '../package-root';
import { checkServerPeers } from '../peers';
import { MemoryStore } from '../store/memory-store';
import { StoreHost } from '../store/store-host';
import { closeCompositionThread } from '../supergraph/compose';
import { SupergraphProvider } from '../supergraph-provider';
import type { UsageBook } from '../usage/usage-book';
import { UsageFile } from '../usage/usage-file';
import { operatorRoutes } from './operator-routes';
import { SharedPort } from './shared-port';
import { workerMetrics } from './worker-metrics';
import { Workers } from './workers';

export interface PrimaryOptions {
  /** Reads the configuration again; called when one of its files changes. */
  readonly reload: () => Promise<LoadedConfig>;
}

const STDERR = 2;
/** Lines that the reader of stderr is too slow for are dropped beyond this. */
const BUFFER_BYTES_MAX = 8 * 1024 * 1024;

/** A gateway of several processes. */
export interface WorkersGateway extends Gateway {
  /** Ends the workers at once. */
  kill(): void;
}

/** Has everything there is one of: the port, the sources, the registry, the files, the admin listener, the log. */
class Primary implements WorkersGateway {
  readonly #options: PrimaryOptions;
  readonly #loaded: LoadedConfig;
  readonly #health: Health;
  readonly #supergraphs: SupergraphProvider;
  /** What the workers share. */
  readonly #store = new MemoryStore();
  readonly #log: ReturnType<typeof startLog>;
  readonly #lines = pino.destination({ dest: STDERR, sync: false, maxLength: BUFFER_BYTES_MAX });
  readonly #port: SharedPort;
  #metrics: Metrics | null = null;
  #workers: Workers | null = null;
  #admin: Listener | null = null;
  #configWatch: ConfigWatch | null = null;
  /** Null when none is written. */
  #audit: Audit | null = null;
  /** Null when nobody records what clients ask for. */
  #usage: UsageFile | null = null;
  #stopped: Promise<void> | null = null;

  constructor(loaded: LoadedConfig, options: PrimaryOptions) {
    const { config } = loaded;
    this.#loaded = loaded;
    this.#options = options;
    this.#log = startLog(config.log);
    setBudgets(config);
    this.#port = new SharedPort(config.server.listen, config.server.isSecure);
    const count = () => this.#workers?.count ?? { ready: 0, wanted: config.workers };
    this.#health = createHealth(() => count().ready > 0, count);
    this.#supergraphs = new SupergraphProvider(config, {
      serve: async (supergraph) => this.#workers?.serve(supergraph),
      isServing: () => count().ready > 0,
      usage: () => this.#usageNow(),
    });
  }

  async start(): Promise<{ readonly server: string; readonly admin: string | null }> {
    const { config, source } = this.#loaded;
    announceNotInEffect(config);
    const { audit } = config;
    if (audit !== null) this.#audit = await openAudit(audit, aboutUs(config.workers));
    const address = await this.#port.listen();
    const workers = new Workers({
      wanted: config.workers,
      port: this.#port,
      address,
      config: withLogFormat(source),
      store: new StoreHost(this.#store),
      log: (lines) => this.#lines.write(lines),
      audit: (entry) => {
        if (this.#audit !== null) inBackground('audit log', this.#audit.trail.end(entry));
      },
      usage: (reports) => this.#usage?.add(reports),
    });
    this.#workers = workers;
    await workers.start();
    await this.#supergraphs.open();
    if (config.usage !== null) this.#usage = await UsageFile.open(config.usage);
    const admin = await this.#openAdmin(workers);
    await this.#supergraphs.start();
    this.#configWatch = watchConfig(this.#loaded, this.#options.reload, (next) => this.#takeOver(workers, next));
    return { server: address.url, admin };
  }

  stop(signal = 'stop'): Promise<void> {
    this.#stopped ??= this.#close(signal);
    return this.#stopped;
  }

  kill(): void {
    this.#workers?.kill('SIGKILL');
  }

  async #takeOver(workers: Workers, { config, source }: LoadedConfig): Promise<void> {
    await this.#supergraphs.update(config, (supergraph) =>
      workers.takeOver({ supergraph, config: withLogFormat(source) }),
    );
    setBudgets(config);
  }

  async #openAdmin(workers: Workers): Promise<string | null> {
    const { admin: options, audit } = this.#loaded.config;
    if (options === null) return null;
    const metrics = startMetrics({ pools: () => [], version: packageVersion });
    this.#metrics = metrics;
    const { registry } = this.#supergraphs;
    const ofWorkers = workerMetrics(workers);
    const own = { '/metrics': () => textOf(metrics, ofWorkers) };
    const trail = this.#audit?.trail ?? null;
    const tellsDenied = audit?.denied === true;
    const routes = [
      ...operatorRoutes(workers, workers.online[0]?.routes ?? [], own),
      ...(registry === null
        ? []
        : registryRoutes(
            registry,
            options.keys?.map(({ name }) => name),
          )),
      ...(this.#usage === null ? [] : usageRoutes(() => this.#usageNow())),
    ];
    const keys = registry === null ? undefined : registryKeyRing(registry.keys);
    this.#admin = createAdminListener({ options, health: this.#health, routes, keys, trail, tellsDenied });
    return (await this.#admin.listen()).url;
  }

  /** What clients have asked for until now; null: nobody records it. */
  async #usageNow(): Promise<UsageBook | null> {
    if (this.#usage !== null) await this.#workers?.reportUsage();
    return this.#usage?.book ?? null;
  }

  async #close(signal: string): Promise<void> {
    announce('server.draining', { signal });
    const { drainMs } = this.#loaded.config.server;
    this.#health.startDraining();
    this.#configWatch?.close();
    await Promise.all([this.#workers?.drain(signal, drainMs), this.#admin?.drain(drainMs)]);
    this.#port.destroy();
    this.#store.close();
    await this.#supergraphs.close();
    await this.#usage?.close();
    await closeCompositionThread();
    await this.#audit?.close();
    this.#metrics?.close();
    await this.#log.close();
    await new Promise<void>((resolve) => this.#lines.flush(() => resolve()));
  }
}

/** Workers write into a pipe; whether somebody watches on a terminal is seen here. */
function withLogFormat(source: LoadedConfig['source']): LoadedConfig['source'] {
  const { log } = source.settings;
  if (log.format !== 'auto') return source;
  const format = process.stderr.isTTY === true ? 'text' : 'json';
  return { ...source, settings: { ...source.settings, log: { ...log, format } } };
}

function aboutUs(workers: number) {
  return { version: packageVersion, pid: process.pid, workers };
}

async function textOf(metrics: Metrics, ofWorkers: () => Promise<string>): Promise<Answer> {
  const body = `${await metrics.text()}${await ofWorkers()}`;
  return { status: 200, headers: { 'content-type': metrics.contentType }, body };
}

/** `config.workers` processes behind one port. */
export function createWorkers(loaded: LoadedConfig, options: PrimaryOptions): WorkersGateway {
  checkServerPeers();
  return new Primary(loaded, options);
}
