import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface';
import { type DocumentNode, GraphQLError, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Cancellation } from './cancellation';
import { isHeadgateError } from './errors';
import { Memos } from './execution/memo';
import { createOperation, type Operation } from './execution/operation';
import type { Plan } from './planning/plan';
import type { Planner } from './planning/planner';
import { printPlan } from './planning/print-plan';
import { Admission } from './security/admission';
import type { LimitOptions } from './security/options';
import { type Current, createCurrent } from './supergraph/current';
import type { Supergraph } from './supergraph/supergraph';
import type { ClientCall, Send } from './transport/send';
import type { ShareKey } from './transport/share-key';

export { type ClientCall, PLAN_RETRIES_MAX } from './transport/send';

/** One version of everything that answers queries; swapped as a whole. */
export interface Serving {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  readonly sends: ReadonlyMap<string, Send>;
  readonly shareKey: ShareKey;
}

/** An operation that was parsed, validated and planned before, bound to the version that it was planned for. */
export interface PreparedOperation {
  readonly kind: 'query' | 'mutation';
  readonly name: string | null;
  /** Whatever of the client's headers can change the answer; null: the answer must not be shared. */
  readonly shareKey: ShareKey;
  /** `data` may be shared with other answers: it must not be changed. */
  execute(variables: Readonly<Record<string, unknown>>, call: ClientCall): ReturnType<Operation['execute']>;
}

/** What Apollo Server hands through to the executor as its context value. */
export interface GatewayContext {
  readonly call: ClientCall;
}

export interface PipelineOptions {
  readonly limits: LimitOptions;
  /** Answers carry the plan and the calls made. */
  readonly exposeQueryPlan: boolean;
}

/** What the HTTP side sees. */
export interface Pipeline {
  /** Limits on an operation's text, before anything expensive; null when it keeps to them. */
  admit(query: string): GraphQLError | null;
  readonly apolloGateway: GatewayInterface;
  /** Null for an operation that has not been through Apollo Server yet. @param operationName as the client named it */
  prepared(query: string, operationName: string | undefined): PreparedOperation | null;
  /** True once a supergraph is being served. */
  readonly ready: boolean;
}

/** What the wiring sees. */
export interface ServingPipeline extends Pipeline {
  readonly serving: Serving | null;
  /** Serves `next` from the next query on; queries under way keep the version that they began with. */
  activate(next: Serving): void;
  /** Hot reload; what is served stays. */
  update(options: PipelineOptions): void;
  close(): void;
}

/** Operations kept ready; each is small, its plan and programs are what weighs. */
const PREPARED_MAX = 2000;

function refusal(error: unknown): GraphQLError {
  if (!isHeadgateError(error)) throw error;
  // An operation that cannot be planned in time is the operation's fault, a full queue is not.
  const status = error.code === 'PLANNING_OVERLOADED' ? 503 : 400;
  return new GraphQLError(error.message, { extensions: { code: error.code, http: { status } } });
}

/** The order of the rooms: one query, from a document that Apollo Server has parsed and validated to its answer. */
class QueryPipeline implements ServingPipeline {
  readonly #current: Current<Serving>;
  readonly #listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  readonly #operations = new WeakMap<Plan, { readonly operation: Operation; readonly sends: Serving['sends'] }>();
  readonly #prepared = new LRUCache<string, { readonly serving: Serving; readonly operation: PreparedOperation }>({
    max: PREPARED_MAX,
  });
  readonly #memos = new Memos();
  readonly #admission: Admission;
  #options: PipelineOptions;

  constructor(options: PipelineOptions, retire: (serving: Serving) => void) {
    this.#options = options;
    this.#admission = new Admission(options.limits);
    this.#current = createCurrent({ retire });
  }

  get ready(): boolean {
    return this.serving !== null;
  }

  get serving(): Serving | null {
    return this.#current.get();
  }

  admit(query: string): GraphQLError | null {
    return this.#admission.refuseText(query);
  }

  readonly apolloGateway: GatewayInterface = {
    load: async () => ({ executor: (request) => this.#answer(request) }),
    onSchemaLoadOrUpdate: (callback) => {
      this.#listeners.add(callback);
      if (this.serving !== null) tell(callback, this.serving.supergraph);
      return () => this.#listeners.delete(callback);
    },
    stop: async () => {},
  };

  async #answer(request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const lease = this.#current.hold();
    if (lease === null)
      throw new GraphQLError('The gateway is stopping.', { extensions: { code: 'GATEWAY_NOT_READY' } });
    try {
      const { supergraph } = lease.value;
      const stale = request.schema === supergraph.apiSchema ? [] : validate(supergraph.apiSchema, request.document);
      if (stale.length > 0) return { errors: stale.map(invalid) };
      const refused =
        this.#admission.refuseDocument(request.source, request.document) ??
        this.#admission.refuseVariables(request.request.variables);
      if (refused !== null) return { errors: [refused] };
      return await this.#run(lease.value, request);
    } finally {
      lease.release();
    }
  }

  async #run(serving: Serving, request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const { call } = request.context as GatewayContext; // as: http gives every operation this context
    try {
      const operation = await this.#plan(serving, request, call.cancellation);
      const { data, errors } = await operation.execute(request.request.variables ?? {}, call);
      return {
        ...(data === undefined ? {} : { data }),
        ...(errors.length === 0 ? {} : { errors: data === undefined ? errors : errors.map(keepHttp) }),
        ...(this.#options.exposeQueryPlan ? { extensions: explain(operation.plan, call) } : {}),
      };
    } catch (error) {
      return { errors: [refusal(error)] };
    }
  }

  async #plan(serving: Serving, request: GatewayGraphQLRequestContext, cancellation: Cancellation): Promise<Operation> {
    const { source, document, operation, operationName } = request;
    const named = countOperationsOf(document) > 1 ? operationName : null;
    const plan = await serving.planner.plan({ query: source, operationName: named }, cancellation);
    const { supergraph, sends } = serving;
    const known = this.#operations.get(plan);
    // Plans outlive a reload of the configuration, which brings other senders.
    const planned =
      known?.sends === sends ? known.operation : createOperation({ plan, document, operation, supergraph, sends });
    this.#operations.set(plan, { operation: planned, sends });
    this.#prepare(serving, request, planned);
    return planned;
  }

  /** Next time the operation need not go through Apollo Server. */
  #prepare(serving: Serving, request: GatewayGraphQLRequestContext, { execute }: Operation): void {
    const { source, operation, operationName } = request;
    if (operation.operation === 'subscription') return;
    const prepared: PreparedOperation = {
      kind: operation.operation,
      name: operationName,
      shareKey: serving.shareKey,
      execute: async (variables, call) => {
        const refused = this.#admission.refuseVariables(variables);
        if (refused !== null) return { data: undefined, errors: [refused] };
        try {
          return await execute(variables, call, this.#memos);
        } catch (error) {
          return { data: undefined, errors: [refusal(error)] };
        }
      },
    };
    this.#prepared.set(preparedKey(source, request.request.operationName), { serving, operation: prepared });
  }

  prepared(query: string, operationName: string | undefined): PreparedOperation | null {
    const found = this.#prepared.get(preparedKey(query, operationName));
    return found !== undefined && found.serving === this.serving ? found.operation : null;
  }

  activate(next: Serving): void {
    this.#current.activate(next);
    this.#prepared.clear(); // they would keep the version before alive
    for (const listener of this.#listeners) tell(listener, next.supergraph);
  }

  update(options: PipelineOptions): void {
    this.#options = options;
    this.#admission.update(options.limits);
  }

  close(): void {
    this.#current.close();
  }
}

function invalid({ message, nodes }: GraphQLError): GraphQLError {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
  return new GraphQLError(message, { extensions, ...(nodes === undefined ? {} : { nodes }) });
}

function tell(callback: GatewaySchemaLoadOrUpdateCallback, supergraph: Supergraph): void {
  callback({ apiSchema: supergraph.apiSchema, coreSupergraphSdl: supergraph.sdl });
}

/**
 * Apollo Server takes `extensions.http` of an error for the status of the whole answer and removes it. That of a subgraph's
 * error is information for the client: what is not quite the form that Apollo Server looks for is left alone.
 */
function keepHttp(error: GraphQLError): GraphQLError {
  const { http } = error.extensions;
  if (typeof http === 'object' && http !== null && !('headers' in http))
    Object.defineProperty(http, 'headers', { value: null, enumerable: false });
  return error;
}

function preparedKey(query: string, operationName: string | undefined): string {
  return operationName === undefined ? query : `${operationName}\n${query}`;
}

function countOperationsOf(document: DocumentNode): number {
  return document.definitions.filter((one) => one.kind === 'OperationDefinition').length;
}

function explain(plan: Plan, call: ClientCall): Record<string, unknown> {
  return { queryPlan: { text: printPlan(plan), node: plan.node }, subgraphCalls: call.calls };
}

/** @param retire called once for each version that nobody uses any more */
export function createPipeline(options: PipelineOptions, retire: (serving: Serving) => void): ServingPipeline {
  return new QueryPipeline(options, retire);
}
