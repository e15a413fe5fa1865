import type { GraphQLDataSource, ServiceEndpointDefinition, SupergraphManager } from '@apollo/gateway';
import type {
  GatewayInterface,
  GatewayLoadResult,
  GatewaySchemaLoadOrUpdateCallback,
  GatewayUnsubscriber,
} from '@apollo/server-gateway-interface';
import { Agent } from 'undici';
import { HeadgateError, isHeadgateError } from '../errors';
import { announce, subscribe } from '../events';
import { embeddedPeerAdvice, otherRealm } from '../peers';
import { closePlugins } from '../plugins/close-plugins';
import { checkedPlugins } from '../plugins/load-plugins';
import { pluginLayers } from '../plugins/plugin-layers';
import { checkHealth } from './check-health';
import { DataSources } from './data-sources';
import { Engine } from './engine';
import { hostConfig } from './host-config';
import type { EmbedLogger, HeadgateGatewayOptions } from './options';
import { PlainDataSource } from './plain-data-source';

type SchemaContext = Parameters<GatewaySchemaLoadOrUpdateCallback>[0];
type Close = () => Promise<unknown> | unknown;

/** For requests of supergraph managers: SDL and health. */
const PLAIN_TIMEOUT_MS = 10_000;
const PLAIN_BYTES_MAX = 32_000_000;

const WARNINGS: EmbedLogger = { error: (message) => process.emitWarning(message, 'HeadgateWarning') };

let advised = false;

/** Headgate's planner, executor and pools as the `gateway` of an ApolloServer, in the place of ApolloGateway. */
export class HeadgateGateway implements GatewayInterface {
  readonly #options: HeadgateGatewayOptions;
  readonly #logger: EmbedLogger;
  readonly #listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  /** What was opened, to be closed in reverse order. */
  readonly #opened: Close[] = [];
  #schema: SchemaContext | null = null;
  /** Why the host's Apollo Server does not take the schema. */
  #refused: unknown = null;
  #loading: Promise<Engine> | null = null;
  #stopping: Promise<void> | null = null;

  /** @throws {HeadgateError} CONFIG_INVALID when there is no supergraphSdl */
  constructor(options: HeadgateGatewayOptions) {
    checkSource(options.supergraphSdl);
    advise();
    this.#options = options;
    this.#logger = options.logger ?? WARNINGS;
  }

  onSchemaLoadOrUpdate(callback: GatewaySchemaLoadOrUpdateCallback): GatewayUnsubscriber {
    this.#listeners.add(callback);
    if (this.#schema !== null) hand(this.#schema, callback);
    return () => this.#listeners.delete(callback);
  }

  /**
   * Loads the first supergraph. Nothing stays open when that fails.
   * @throws {HeadgateError} CONFIG_INVALID, SUPERGRAPH_INVALID, CONNECT_INVALID, GATEWAY_NOT_READY (loaded or stopped before),
   *   PEER_UNFIT (the host's graphql is another copy than ours)
   * @throws what the supergraph manager throws
   */
  async load(): Promise<GatewayLoadResult> {
    if (this.#loading !== null || this.#stopping !== null)
      throw new HeadgateError('GATEWAY_NOT_READY', 'a HeadgateGateway is loaded once, by one ApolloServer');
    this.#loading = this.#load();
    try {
      return { executor: (await this.#loading).execute };
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  /** Ends planner threads, pools, and the supergraph manager. Queries that Apollo Server still runs should be over. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #load(): Promise<Engine> {
    this.#opened.push(
      subscribe('internal.error', ({ where, error }) => this.#logger.error(`${where}: ${describe(error)}`)),
    );
    const { buildService } = this.#options;
    const config = await hostConfig(this.#options.config);
    const sources = new DataSources(buildService ?? this.#plainSources());
    const plugins = await checkedPlugins(this.#options.plugins ?? []);
    this.#opened.push(() => closePlugins(plugins));
    const own = buildService === undefined ? null : sources;
    const engine = new Engine(config, own, pluginLayers(plugins), (schema) => this.#tell(schema));
    this.#opened.push(() => engine.close());
    await engine.activate(await this.#openSource(sources));
    // Whoever does not take the first schema has none; a later one leaves the one before in use.
    if (this.#refused !== null) throw this.#refused;
    return engine;
  }

  #plainSources(): (definition: ServiceEndpointDefinition) => GraphQLDataSource {
    const dispatcher = new Agent({ maxResponseSize: PLAIN_BYTES_MAX });
    this.#opened.push(() => dispatcher.destroy());
    const options = { dispatcher, timeoutMs: PLAIN_TIMEOUT_MS };
    return ({ name, url = '' }) => new PlainDataSource(name, url, options);
  }

  /** @returns the first supergraph */
  async #openSource(sources: DataSources): Promise<string> {
    const { supergraphSdl: source } = this.#options;
    if (typeof source === 'string') return source;
    const manager: SupergraphManager = typeof source === 'function' ? { initialize: source } : source;
    const { supergraphSdl, cleanup } = await manager.initialize({
      update: (sdl) => this.#update(sdl),
      healthCheck: (sdl) => checkHealth(sdl, sources),
      getDataSource: (definition) => sources.of(definition),
    });
    if (cleanup !== undefined) this.#opened.push(cleanup);
    return supergraphSdl;
  }

  /** What a manager delivers later. A supergraph that cannot be served leaves the one in service alone. */
  #update(sdl: string): void {
    if (this.#stopping !== null)
      throw new HeadgateError('GATEWAY_NOT_READY', 'a supergraph was delivered after the gateway had been stopped');
    this.#loading
      ?.then((engine) => engine.activate(sdl))
      .catch((error: unknown) => {
        const code = isHeadgateError(error) ? error.code : 'INTERNAL';
        announce('supergraph.refused', { source: 'supergraphSdl', code, message: describe(error) });
        this.#logger.error(`the new supergraph is not served: ${describe(error)}`);
      });
  }

  #tell(schema: SchemaContext): void {
    this.#schema = schema;
    try {
      for (const listener of this.#listeners) hand(schema, listener);
    } catch (error) {
      this.#refused = error;
      throw error;
    }
  }

  async #stop(): Promise<void> {
    await this.#loading?.catch(() => {}); // load() reports it
    await this.#close();
  }

  async #close(): Promise<void> {
    for (const close of this.#opened.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error(`while stopping: ${describe(error)}`);
      }
    }
  }
}

/** @throws {HeadgateError} PEER_UNFIT when the listener's graphql does not know our schema for one; else what it throws */
function hand(schema: SchemaContext, listener: GatewaySchemaLoadOrUpdateCallback): void {
  try {
    listener(schema);
  } catch (error) {
    if (describe(error).includes('another module or realm'))
      throw new HeadgateError('PEER_UNFIT', otherRealm(), { cause: error });
    throw error;
  }
}

/** Tells once in a process that the host's graphql is slow where a newer one is not. */
function advise(): void {
  if (advised) return;
  advised = true;
  const advice = embeddedPeerAdvice();
  if (advice !== null) process.emitWarning(advice, 'HeadgateWarning');
}

function checkSource(source: unknown): void {
  if (typeof source === 'string' ? source !== '' : typeof source === 'function') return;
  if (typeof source === 'object' && source !== null && 'initialize' in source) return;
  const message =
    'new HeadgateGateway({ supergraphSdl }) wants a supergraph as text, a function, or a supergraph manager such as ' +
    'IntrospectAndCompose; instead of serviceList give new IntrospectAndCompose({ subgraphs })';
  throw new HeadgateError('CONFIG_INVALID', message);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
