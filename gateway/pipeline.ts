import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface';
import { type DocumentNode, GraphQLError, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ErrorCode, isHeadgateError } from './errors';
import { announce } from './events';
import { withoutTexts } from './execution/json-text';
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

export { encode, stringify } from './execution/json-text';
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
  /** Whoever writes the answer knows {@link JsonText}, and nobody reads it before. */
  readonly takesJsonText?: boolean;
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
  /**
   * Null for an operation that has not been through Apollo Server yet.
   * @param operationName as the client named it
   */
  prepared(query: string, operationName: string | undefined, headers: ClientCall['headers']): PreparedOperation | null;
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

/** Operations kept ready, and operations compiled: 30 kB each when they are short; 500 take 44 MB less than 2000. */
const PREPARED_MAX = 1000;
/** Of their texts together: what a long operation weighs, its document above all, is about 100 times its text. */
const PREPARED_CHARACTERS_MAX = 500_000;
/** Operations planned before a swap, those used most. */
const WARM_MAX = 100;
const WARM_MS = 5_000;

type Planned = Pick<OperationInUse, 'query' | 'document' | 'operation'>;

interface Compiled {
  readonly operation: Operation;
  readonly sends: Serving['sends'];
}

/** An operation kept ready for one version. */
interface Prepared extends OperationInUse {
  readonly key: string;
  readonly serving: Serving;
  readonly ready: PreparedOperation;
  /** Those that it keeps to. */
  readonly limits: LimitOptions;
  uses: number;
}

/** What a query may be refused for. Every other code is our own failure, which is not the client's business. */
const REFUSAL_STATUS: Partial<Record<ErrorCode, number>> = {
  // An operation that cannot be planned in time is the operation's fault, a full queue is not.
  PLANNING_FAILED: 400,
  PLANNING_TIMEOUT: 400,
  REQUEST_CANCELLED: 499,
  GATEWAY_NOT_READY: 503,
  PLANNING_OVERLOADED: 503,
};

/** @throws what is no HeadgateError */
function refusal(error: unknown): GraphQLError {
  if (!isHeadgateError(error)) throw error;
  const { code, message } = error;
  const status = REFUSAL_STATUS[code];
  if (status !== undefined) return new GraphQLError(message, { extensions: { code, http: { status } } });
  announce('internal.error', { where: 'pipeline', error });
  return new GraphQLError('Internal server error', { extensions: { code: 'INTERNAL', http: { status: 500 } } });
}

function compiled({ supergraph, sends }: Serving, plan: Plan, { document, operation }: Planned): Operation {
  return createOperation({ plan, document, operation, supergraph, sends });
}

/** The order of the rooms: one query, from a document that Apollo Server has parsed and validated to its answer. */
class QueryPipeline implements ServingPipeline {
  readonly #current: Current<Serving>;
  readonly #listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  /** Bounded like those kept ready: the planner's cache holds more plans, which weigh less. */
  readonly #operations = new LRUCache<Plan, Compiled>({ max: PREPARED_MAX, maxSize: PREPARED_CHARACTERS_MAX });
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
    const { call, takesJsonText = false } = request.context as GatewayContext; // as: http gives every operation this context
    try {
      const operation = await this.#plan(serving, request, call);
      const { data, errors } = await operation.execute(request.request.variables ?? {}, call);
      return {
        ...(data === undefined ? {} : { data: takesJsonText ? data : withoutTexts(data) }),
        ...(errors.length === 0 ? {} : { errors: data === undefined ? errors : errors.map(keepHttp) }),
        ...(this.#options.exposeQueryPlan ? { extensions: explain(operation.plan, call) } : {}),
      };
    } catch (error) {
      return { errors: [refusal(error)] };
    }
  }

  async #plan(serving: Serving, request: GatewayGraphQLRequestContext, call: ClientCall): Promise<Operation> {
    const { source, document, operation, operationName } = request;
    const named = countOperationsOf(document) > 1 ? operationName : null;
    const { limits } = this.#options;
    const labels = serving.planner.chooseLabels?.(call.headers) ?? [];
    const asked = { query: source, operationName: named, document, labels };
    const plan = await serving.planner.plan(asked, call.cancellation);
    const planned = this.#operationOf(serving, plan, { query: source, document, operation });
    const key = preparedKey(source, request.request.operationName, labels);
    const uses = (this.#prepared.peek(key)?.uses ?? 0) + 1;
    this.#keep(this.#prepare({ ...asked, key, operation, limits, uses }, serving, planned));
    return planned;
  }

  #operationOf(serving: Serving, plan: Plan, planned: Planned): Operation {
    const known = this.#operations.get(plan);
    // Plans outlive a reload of the configuration, which brings other senders.
    if (known?.sends === serving.sends) return known.operation;
    const operation = compiled(serving, plan, planned);
    const { sends } = serving;
    if (serving === this.serving) this.#operations.set(plan, { operation, sends }, { size: planned.query.length + 1 });
    return operation;
  }

  /** Next time the operation need not go through Apollo Server. */
  #prepare(used: Omit<Prepared, 'serving' | 'ready'>, serving: Serving, { execute }: Operation): Prepared | null {
    const { operation: kind, name } = used.operation;
    const { labels = [] } = used;
    if (kind === 'subscription') return null;
    const ready: PreparedOperation = {
      kind,
      name: name?.value ?? null,
      shareKey: labels.length === 0 ? serving.shareKey : withLabels(serving.shareKey, labels),
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

  prepared(query: string, operationName: string | undefined, headers: ClientCall['headers']): PreparedOperation | null {
    const labels = this.serving?.planner.chooseLabels?.(headers) ?? [];
    const found = this.#prepared.get(preparedKey(query, operationName, labels));
    if (found === undefined || found.serving !== this.serving || found.limits !== this.#options.limits) return null;
    found.uses++;
    return found.ready;
  }

  async warm(next: Serving): Promise<void> {
    const mostUsed = [...this.#prepared.values()].sort((a, b) => b.uses - a.uses).slice(0, WARM_MAX);
    const { planner, supergraph } = next;
    const warm = await warmUp(this.#allowed(mostUsed), { planner, apiSchema: supergraph.apiSchema, totalMs: WARM_MS });
    this.#warm = warm.flatMap(({ used, plan }) => {
      const operation = compiled(next, plan, used);
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
    // They would keep the version before alive.
    this.#prepared.clear();
    this.#operations.clear();
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

/** Requests with other labels of progressive `@override` have other plans. */
function preparedKey(query: string, operationName: string | undefined, labels: readonly string[]): string {
  const named = operationName === undefined ? query : `${operationName}\n${query}`;
  return labels.length === 0 ? named : `\u0000${labels.join()}\n${named}`;
}

function withLabels(shareKey: ShareKey, labels: readonly string[]): ShareKey {
  return shareKey === null ? null : (headers) => `${labels.join()}\n${shareKey(headers)}`;
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
