import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface';
import { assertValidSchema, type DocumentNode, GraphQLError, type GraphQLSchema, validate } from 'graphql';
import { announce } from './events';
import { withoutTexts } from './execution/json-text';
import type { Operation } from './execution/operation';
import { fetchesIn, type Plan } from './planning/plan';
import { printPlan } from './planning/print-plan';
import {
  type NamedOperation,
  type PreparedOperation,
  PreparedOperations,
  refusal,
  type Serving,
  type WarmPrepared,
} from './prepared';
import { Admission } from './security/admission';
import type { LimitOptions } from './security/options';
import { type Current, createCurrent } from './supergraph/current';
import type { Supergraph } from './supergraph/supergraph';
import type { ClientCall } from './transport/send';

export { encode, holdsText } from './execution/json-text';
export type { PreparedOperation, Serving } from './prepared';
export { type ClientCall, PLAN_RETRIES_MAX } from './transport/send';

/** Context value that Apollo Server hands through to the executor. */
export interface GatewayContext {
  readonly call: ClientCall;
  /** Whoever writes the answer knows {@link JsonText}, and nobody reads it before. */
  readonly takesJsonText?: boolean;
}

/** Always, never, or for requests that say so in {@link PLAN_HEADER}. */
export type QueryPlanExposure = boolean | 'on_request';

/** The header by which a client asks for the plan, with `true`. */
const PLAN_HEADER = 'apollo-expose-query-plan';

export interface PipelineOptions {
  readonly limits: LimitOptions;
  /** Without introspection no error tells names. What was chosen first stays. */
  readonly hideSuggestions: boolean;
  /** Answers carry the plan and the calls made. */
  readonly exposeQueryPlan: QueryPlanExposure;
}

/** Side of the pipeline for HTTP. */
export interface Pipeline {
  /** Limits on the text of a request's body, before it is parsed; null when it keeps to them. */
  admitBody(text: string): GraphQLError | null;
  /** Limits on an operation's text, before anything expensive; null when it keeps to them. */
  admit(query: string): GraphQLError | null;
  readonly apolloGateway: GatewayInterface;
  /** Null for an operation that has not been through Apollo Server yet. */
  prepared(asked: NamedOperation, headers: ClientCall['headers']): PreparedOperation | null;
  /** True once a supergraph is being served. */
  readonly ready: boolean;
}

/** Side of the pipeline for whoever builds the gateway. */
export interface ServingPipeline extends Pipeline {
  readonly serving: Serving | null;
  /**
   * Plans the operations in use for `next`, so that no client waits for it after the swap. Takes some seconds at most.
   * @param options in effect from the swap on; by default those that are
   * @returns the swap, which cannot fail: `next` is served from the next query on, and queries under way keep the version
   *   that they began with
   */
  prepare(next: Serving, options?: PipelineOptions): Promise<() => void>;
  /** The swap without planning ahead. */
  activate(next: Serving): void;
  /** Other options while nothing is served. */
  update(options: PipelineOptions): void;
  close(): void;
}

/** The order of the rooms: one query, from a document that Apollo Server has parsed and validated to its answer. */
class QueryPipeline implements ServingPipeline {
  readonly #current: Current<Serving>;
  readonly #listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  readonly #admission: Admission;
  readonly #prepared: PreparedOperations;
  #options: PipelineOptions;

  constructor(options: PipelineOptions, retire: (serving: Serving) => void) {
    this.#options = options;
    this.#admission = new Admission(options.limits);
    this.#prepared = new PreparedOperations(this.#admission, options.hideSuggestions);
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
      const stale = request.schema === supergraph.apiSchema ? [] : revalidated(supergraph.apiSchema, request.document);
      if (stale.length > 0) return { errors: stale.map(invalid) };
      const refused = this.#refuse(request) ?? this.#admission.refuseVariables(request.request.variables);
      if (refused !== null) return { errors: [refused] };
      return await this.#run(lease.value, request);
    } finally {
      lease.release();
    }
  }

  /** An operation that came by its hash was not looked at when it came in. */
  #refuse({ source, request }: GatewayGraphQLRequestContext): GraphQLError | null {
    return request.query === undefined ? this.#admission.refuseText(source) : this.#admission.refuseOperation(source);
  }

  async #run(serving: Serving, request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const { call, takesJsonText = false } = request.context as GatewayContext; // as: http gives every operation this context
    try {
      const { limits, exposeQueryPlan } = this.#options;
      const exposes = exposesPlan(exposeQueryPlan, call.headers);
      const planFromMs = exposes ? performance.now() - call.startedAt : 0;
      const operation = await this.#plan(serving, request, call);
      if (operation instanceof GraphQLError) return { errors: [operation] };
      const planToMs = exposes ? performance.now() - call.startedAt : 0;
      const variables = request.request.variables ?? {};
      const { data, errors } = await operation.execute(variables, call, { limits, memos: null, takesJsonText });
      return {
        ...(data === undefined ? {} : { data: takesJsonText ? data : withoutTexts(data) }),
        ...(errors.length === 0 ? {} : { errors: data === undefined ? errors : errors.map(keepHttp) }),
        ...(exposes ? { extensions: explain(operation.plan, call, planFromMs, planToMs) } : {}),
      };
    } catch (error) {
      return { errors: [refusal(error)] };
    }
  }

  async #plan(
    serving: Serving,
    request: GatewayGraphQLRequestContext,
    call: ClientCall,
  ): Promise<Operation | GraphQLError> {
    const { source, document, operation, operationName } = request;
    const named = countOperationsOf(document) > 1 ? operationName : null;
    // Those that it keeps to: there may be others when it is planned.
    const { limits } = this.#options;
    const labels = serving.planner.chooseLabels?.(call.headers) ?? [];
    const asked = { query: source, operationName: named, document, labels };
    const plan = await serving.planner.plan(asked, call.cancellation);
    const refused = this.#admission.refusePlan(bytesOf(plan));
    if (refused !== null) return refused;
    // Next time the operation need not go through Apollo Server.
    return this.#prepared.keep(serving, plan, { ...asked, operation, limits }, request.request.operationName);
  }

  prepared(asked: NamedOperation, headers: ClientCall['headers']): PreparedOperation | null {
    return this.#prepared.find(asked, headers);
  }

  async prepare(next: Serving, options = this.#options): Promise<() => void> {
    // Whoever is told of a schema looks whether it is one: that must not fail after the swap.
    assertValidSchema(next.supergraph.apiSchema);
    const warm = await this.#prepared.warm(next, options.limits);
    return () => {
      if (options !== this.#options) this.update(options);
      this.#activate(next, warm);
    };
  }

  activate(next: Serving): void {
    this.#activate(next, []);
  }

  #activate(next: Serving, warm: readonly WarmPrepared[]): void {
    this.#current.activate(next);
    this.#prepared.activate(this.serving, warm);
    for (const listener of this.#listeners) tell(listener, next.supergraph);
  }

  update(options: PipelineOptions): void {
    this.#options = options;
    this.#admission.update(options.limits);
  }

  close(): void {
    this.#current.close();
    this.#prepared.activate(null, []);
  }
}

function revalidated(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  return validate(schema, document, undefined, { hideSuggestions: true });
}

function invalid({ message, nodes }: GraphQLError): GraphQLError {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
  return new GraphQLError(message, { extensions, ...(nodes === undefined ? {} : { nodes }) });
}

/** What a listener throws keeps nobody else from the new version. */
function tell(callback: GatewaySchemaLoadOrUpdateCallback, supergraph: Supergraph): void {
  try {
    callback({ apiSchema: supergraph.apiSchema, coreSupergraphSdl: supergraph.sdl });
  } catch (error) {
    announce('internal.error', { where: 'a listener to new supergraphs', error });
  }
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

/** Of the requests of a plan together. */
function bytesOf({ node }: Plan): number {
  return fetchesIn(node).reduce((sum, { operation }) => sum + Buffer.byteLength(operation), 0);
}

function countOperationsOf(document: DocumentNode): number {
  return document.definitions.filter((one) => one.kind === 'OperationDefinition').length;
}

/** Tells whether the answer to a request with these headers carries the plan. */
export function exposesPlan(exposure: QueryPlanExposure, headers: ClientCall['headers']): boolean {
  return exposure === true || (exposure === 'on_request' && headers[PLAN_HEADER] === 'true');
}

/** Times are milliseconds from the start of the client request, as those of the calls. */
function explain(plan: Plan, call: ClientCall, planFromMs: number, planToMs: number): Record<string, unknown> {
  const doneMs = performance.now() - call.startedAt;
  return {
    queryPlan: { text: printPlan(plan), node: plan.node },
    subgraphCalls: call.calls,
    phases: { planning: { startMs: planFromMs, durationMs: planToMs - planFromMs }, doneMs },
  };
}

/** @param retire called once for each version that nobody uses any more */
export function createPipeline(options: PipelineOptions, retire: (serving: Serving) => void): ServingPipeline {
  return new QueryPipeline(options, retire);
}
