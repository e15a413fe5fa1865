import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import type { Config } from '../config/config';
import { announce } from '../events';
import { keptBytes } from '../kept';
import { createPipeline, type ServingPipeline } from '../pipeline';
import { createServingMaker, type ServingMaker } from '../serving';
import { createPools, type Pools } from '../transport/pools';
import { answersUnderWay } from '../under-way';
import { Calls } from './calls';
import { createDataSourceSend } from './data-source-send';
import type { DataSources } from './data-sources';

/** What pools may still finish once no client waits any more: mutations already sent. */
const POOL_GRACE_MS = 1_000;

type SchemaListener = Parameters<ServingPipeline['apolloGateway']['onSchemaLoadOrUpdate']>[0];

/** Planner, executor and pools behind a gateway that listens nowhere. */
export class Engine {
  readonly #config: Config;
  readonly #calls: Calls;
  readonly #pools: Pools = createPools();
  readonly #maker: ServingMaker;
  readonly #pipeline: ServingPipeline;
  /** Activations, one after another. */
  #activating: Promise<unknown> = Promise.resolve();

  /** @param sources null: every subgraph is reached through pools */
  constructor(config: Config, sources: DataSources | null, listener: SchemaListener) {
    const { limits, memory, server } = config;
    // The process is the host's: without a word of its own, the defaults hold.
    if (memory.keptBytes !== null) keptBytes.resize(memory.keptBytes);
    if (memory.underWayBytes !== null) answersUnderWay.resize(memory.underWayBytes);
    this.#config = config;
    this.#calls = new Calls(server.timeoutMs);
    this.#maker = createServingMaker(this.#pools, (options, url) =>
      sources === null ? null : createDataSourceSend(options, sources.of({ name: options.name, url }), this.#calls),
    );
    const { exposeQueryPlan, introspection } = server;
    this.#pipeline = createPipeline({ limits, hideSuggestions: !introspection, exposeQueryPlan }, (serving) =>
      this.#maker.retire(serving),
    );
    this.#pipeline.apolloGateway.onSchemaLoadOrUpdate(listener);
  }

  /**
   * Takes a supergraph into service; what ran before goes on when that fails.
   * @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID
   */
  activate(sdl: string): Promise<void> {
    const activation = this.#activating.then(async () => {
      const { serving } = this.#pipeline;
      if (serving?.supergraph.sdl === sdl) return;
      const prepared = await this.#maker.prepare({ sdl, instances: new Map() }, this.#config, serving);
      const next = prepared.serving;
      const takeOver = await this.#pipeline.prepare(next).catch((error) => {
        prepared.abandon();
        throw error;
      });
      prepared.commit();
      takeOver();
      const { version, subgraphs } = next.supergraph;
      announce('supergraph.activated', { version, source: 'supergraphSdl', subgraphs: [...subgraphs.keys()] });
    });
    this.#activating = activation.catch(() => {});
    return activation;
  }

  readonly execute = async (request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> => {
    const { executor } = await this.#pipeline.apolloGateway.load({ apollo: {} });
    if (executor === null) throw new Error('the pipeline has no executor');
    // The context value is the host's; the pipeline finds its own in a copy of the request.
    return this.#calls.accompany(request, (call) => executor({ ...request, context: { call } }));
  };

  async close(): Promise<void> {
    await this.#activating;
    this.#pipeline.close();
    await Promise.all([this.#maker.idle(), this.#pools.close(POOL_GRACE_MS)]);
  }
}
