import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { DEFAULT_AUTHORIZATION } from '../authorization/options';
import type { Config } from '../config/config';
import { DemandControl } from '../demand-control/demand-control';
import { announce } from '../events';
import { keptBytes } from '../kept';
import { stack } from '../layers';
import type { AskedStep } from '../operations/asked';
import { gatewayResult } from '../operations/gateway-result';
import { type FollowSchema, Operations } from '../operations/operations';
import { readyStack } from '../pipeline';
import type { PluginLayers } from '../plugins/plugin-layers';
import { RateLimits } from '../rate-limits/rate-limits';
import { createPools, type Pools } from '../transport/pools';
import { answersUnderWay } from '../under-way';
import { createVersionMaker, type VersionMaker } from '../versions';
import { overDataSource } from './data-source-fetch';
import type { DataSources } from './data-sources';
import { accompany } from './host-call';

/** What pools may still finish once no client waits any more: mutations already sent. */
const POOL_GRACE_MS = 1_000;

type SchemaListener = Parameters<FollowSchema>[0];

/** Planner, executor and pools behind a gateway that listens nowhere. */
export class Engine {
  readonly #config: Config;
  readonly #pools: Pools = createPools();
  readonly #maker: VersionMaker;
  readonly #operations: Operations;
  readonly #ask: AskedStep;
  /** Activations, one after another. */
  #activating: Promise<unknown> = Promise.resolve();

  /** @param sources null: every subgraph is reached through pools */
  constructor(config: Config, sources: DataSources | null, plugins: PluginLayers, listener: SchemaListener) {
    const { limits, memory, server } = config;
    // The process is the host's: without a word of its own, the defaults hold.
    if (memory.keptBytes !== null) keptBytes.resize(memory.keptBytes);
    if (memory.underWayBytes !== null) answersUnderWay.resize(memory.underWayBytes);
    this.#config = config;
    this.#maker = createVersionMaker(
      this.#pools,
      (options, url) => (sources === null ? null : overDataSource(options, sources.of({ name: options.name, url }))),
      () => plugins,
    );
    const { exposeQueryPlan, introspection } = server;
    // Whether introspection is answered is for the host to say.
    const authorization = config.authorization ?? DEFAULT_AUTHORIZATION;
    const options = { limits, hideSuggestions: !introspection, introspection: true, exposeQueryPlan, authorization };
    this.#operations = new Operations(options, (version) => this.#maker.retire(version));
    this.#operations.decidePoliciesBy(plugins.policies);
    this.#operations.followSchema(listener);
    const rates = config.rateLimits === null ? null : new RateLimits(config.rateLimits, { store: null });
    const demand = new DemandControl(config.demandControl, () => rates?.readsCost === true);
    const ready = readyStack(this.#operations, server, plugins, { rates, demand });
    this.#ask = stack(this.#operations.prepareThen(ready), [rates?.asked ?? null, ...plugins.asked]);
  }

  /**
   * Takes a supergraph into service; what ran before goes on when that fails.
   * @throws {HeadgateError} SUPERGRAPH_INVALID, CONNECT_INVALID
   */
  activate(sdl: string): Promise<void> {
    const activation = this.#activating.then(async () => {
      const { version: current } = this.#operations;
      if (current?.supergraph.sdl === sdl) return;
      const prepared = await this.#maker.prepare({ sdl, instances: new Map() }, this.#config, current);
      const next = prepared.version;
      const takeOver = await this.#operations.prepare(next).catch((error) => {
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

  /** What the host's Apollo Server has parsed is prepared here once: after that its text is known. */
  readonly execute = (context: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> =>
    accompany(context, this.#config.server.timeoutMs, async (call) => {
      const { source, request } = context;
      const { operationName, variables } = request;
      const asked = { query: source, operationName, variables, extensions: undefined };
      return gatewayResult(await this.#ask({ ...asked, key: null, isReadOnly: false, ownsAnswer: true }, call));
    });

  async close(): Promise<void> {
    await this.#activating;
    this.#operations.close();
    await Promise.all([this.#maker.idle(), this.#pools.close(POOL_GRACE_MS)]);
  }
}
