import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface';
import { type DocumentNode, GraphQLError, type OperationDefinitionNode, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Cancellation } from './cancellation';
import { isHeadgateError } from './errors';
import { Memos } from './execution/memo';
import { createOperation, type Operation } from './execution/operation';
import type { Plan } from './planning/plan';
import type { Planner } from './planning/planner';
import { printPlan } from './planning/print-plan';
import { type OperationInUse, warmUp } from './planning/warm-up';
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
  /** Limits on the text of a request's body, before it is parsed; null when it keeps to them. */
  admitBody(text: string): GraphQLError | null;
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
  /** Plans the operations in use for `next`, so that no client waits for it after the swap. Takes some seconds at most. */
  warm(next: Serving): Promise<void>;
  /** Serves `next` from the next query on; queries under way keep the version that they began with. */
  activate(next: Serving): void;
  /** Hot reload; what is served stays. */
  update(options: PipelineOptions): void;
  close(): void;
}

/** Operations kept ready. */
const PREPARED_MAX = 2000;
/** Of their texts together: what an operation weighs, its document above all, is about 100 times its text. */
const PREPARED_CHARACTERS_MAX = 2_000_000;
/** Operations planned before a swap, those used most. */
const WARM_MAX = 100;
const WARM_MS = 5_000;

/** An operation kept ready for one version. */
interface Prepared extends OperationInUse {
  readonly key: string;
  readonly serving: Serving;
  readonly ready: PreparedOperation;
  /** Those that it keeps to. */
  readonly limits: LimitOptions;
  uses: number;
}

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
  readonly #prepared = new LRUCache<string, Prepared>({ max: PREPARED_MAX, maxSize: PREPARED_CHARACTERS_MAX });
  /** For the version that comes next. */
  #warm: readonly Prepared[] = [];
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

  admitBody(text: string): GraphQLError | null {
    return this.#admission.refuseBody(text);
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
    const { limits } = this.#options;
    const plan = await serving.planner.plan({ query: source, operationName: named }, cancellation);
    const planned = this.#operationOf(serving, plan, document, operation);
    const key = preparedKey(source, request.request.operationName);
    const uses = (this.#prepared.peek(key)?.uses ?? 0) + 1;
    this.#keep(
      this.#prepare({ key, query: source, operationName: named, document, operation, limits, uses }, serving, planned),
    );
    return planned;
  }

  #operationOf(
    { supergraph, sends }: Serving,
    plan: Plan,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): Operation {
    const known = this.#operations.get(plan);
    // Plans outlive a reload of the configuration, which brings other senders.
    if (known?.sends === sends) return known.operation;
    const created = createOperation({ plan, document, operation, supergraph, sends });
    this.#operations.set(plan, { operation: created, sends });
    return created;
  }

  /** Next time the operation need not go through Apollo Server. */
  #prepare(used: Omit<Prepared, 'serving' | 'ready'>, serving: Serving, { execute }: Operation): Prepared | null {
    const { operation: kind, name } = used.operation;
    if (kind === 'subscription' || serving.planner.varies === true) return null;
    const ready: PreparedOperation = {
      kind,
      name: name?.value ?? null,
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
    return { ...used, serving, ready };
  }

  #keep(prepared: Prepared | null): void {
    if (prepared !== null && prepared.serving === this.serving)
      this.#prepared.set(prepared.key, prepared, { size: prepared.key.length + 1 });
  }

  prepared(query: string, operationName: string | undefined): PreparedOperation | null {
    const found = this.#prepared.get(preparedKey(query, operationName));
    if (found === undefined || found.serving !== this.serving || found.limits !== this.#options.limits) return null;
    found.uses++;
    return found.ready;
  }

  async warm(next: Serving): Promise<void> {
    const mostUsed = [...this.#prepared.values()].sort((a, b) => b.uses - a.uses).slice(0, WARM_MAX);
    const { planner, supergraph } = next;
    const warm = await warmUp(this.#allowed(mostUsed), { planner, apiSchema: supergraph.apiSchema, totalMs: WARM_MS });
    this.#warm = warm.flatMap(({ used, plan }) => {
      const operation = this.#operationOf(next, plan, used.document, used.operation);
      return this.#prepare({ ...used, uses: used.uses / 2 }, next, operation) ?? [];
    });
  }

  /** The limits may have changed since. */
  *#allowed(operations: readonly Prepared[]): Iterable<Prepared> {
    const { limits } = this.#options;
    for (const one of operations)
      if (one.limits === limits || this.#admission.refuseText(one.query) === null) yield { ...one, limits };
  }

  activate(next: Serving): void {
    this.#current.activate(next);
    this.#prepared.clear(); // they would keep the version before alive
    for (const prepared of this.#warm) this.#keep(prepared);
    this.#warm = [];
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
