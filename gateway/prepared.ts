import { GraphQLError } from 'graphql';
import { ERRORS, type ErrorCode, isHeadgateError } from './errors';
import { announce } from './events';
import { Memos } from './execution/memo';
import { createOperation, type Operation } from './execution/operation';
import { Compiler } from './execution/programs';
import { KeptMap, textBytes } from './kept';
import { keyOf } from './key';
import { settle } from './layers';
import { fetchesIn, type Plan } from './planning/plan';
import type { Planner } from './planning/planner';
import { type OperationInUse, warmUp } from './planning/warm-up';
import type { Admission } from './security/admission';
import type { LimitOptions } from './security/options';
import type { Supergraph } from './supergraph/supergraph';
import type { ClientCall, Send } from './transport/send';
import type { ShareKey, ShareKeys } from './transport/share-key';

/** One version of everything that answers queries; swapped as a whole. */
export interface Serving {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  readonly sends: ReadonlyMap<string, Send>;
  readonly shareKeys: ShareKeys;
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

/** An operation as a client names it. */
export interface NamedOperation {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
}

/** An operation planned ahead. */
export type WarmPrepared = Prepared;

/** Bytes of an operation's document in memory for each of its tokens, which are kept as well; measured. */
const BYTES_PER_TOKEN = 450;
const NO_LABELS: readonly string[] = [];
const COMPILED_BYTES = 5_000;
/** Operations planned before a swap, those used most. */
const WARM_MAX = 100;
const WARM_MS = 5_000;

interface Compiled {
  readonly operation: Operation;
  readonly sends: Serving['sends'];
}

interface Allowed extends OperationInUse {
  /** Those that it keeps to. */
  readonly limits: LimitOptions;
}

/** An operation kept ready for one version. */
interface Prepared extends Allowed {
  readonly key: string;
  readonly serving: Serving;
  readonly ready: PreparedOperation;
  uses: number;
}

/** What a query may be refused for. Every other code is our own failure, which is not the client's business. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  // An operation that cannot be planned in time is the operation's fault, a full queue is not.
  'PLANNING_FAILED',
  'PLANNING_TIMEOUT',
  'REQUEST_CANCELLED',
  'GATEWAY_NOT_READY',
  'PLANNING_OVERLOADED',
]);

/** @throws what is no HeadgateError */
export function refusal(error: unknown): GraphQLError {
  if (!isHeadgateError(error)) throw error;
  const { code, message } = error;
  if (REFUSALS.has(code))
    return new GraphQLError(message, { extensions: { code, http: { status: ERRORS[code].status ?? 500 } } });
  announce('internal.error', { where: 'pipeline', error });
  return new GraphQLError('Internal server error', { extensions: { code: 'INTERNAL', http: { status: 500 } } });
}

/**
 * Operations that need not go through Apollo Server and the planner again: those of the version in service, and those
 * planned ahead for the next one.
 */
export class PreparedOperations {
  readonly #admission: Admission;
  readonly #hideSuggestions: boolean;
  readonly #operations = new KeptMap<Plan, Compiled>({
    name: 'compiled operations',
    // What is compiled counts where programs are kept.
    weigh: () => COMPILED_BYTES,
  });
  readonly #prepared = new KeptMap<string, Prepared>({
    name: 'prepared operations',
    weigh: ({ query, document: { tokenCount = query.length } }, key) =>
      textBytes(key) + textBytes(query) + BYTES_PER_TOKEN * tokenCount,
  });
  /** Of requests that come again and again as the same object: a key is as long as the query. */
  readonly #keys = new WeakMap<NamedOperation, string>();
  readonly #memos = new Memos();
  readonly #compiler = new Compiler();
  #serving: Serving | null = null;

  /** @param hideSuggestions errors about variables suggest no names */
  constructor(admission: Admission, hideSuggestions: boolean) {
    this.#admission = admission;
    this.#hideSuggestions = hideSuggestions;
  }

  find(asked: NamedOperation, headers: ClientCall['headers']): PreparedOperation | null {
    if (asked.query === undefined) return null;
    const labels = this.#serving?.planner.chooseLabels?.(headers) ?? NO_LABELS;
    const key = this.#keyOf(asked.query, asked, labels);
    const found = this.#prepared.get(key);
    if (found === undefined || found.serving !== this.#serving || found.limits !== this.#admission.limits) return null;
    found.uses++;
    return found.ready;
  }

  #keyOf(query: string, asked: NamedOperation, labels: readonly string[]): string {
    if (labels.length > 0) return preparedKey(query, asked.operationName, labels);
    let key = this.#keys.get(asked);
    if (key === undefined) {
      key = preparedKey(query, asked.operationName, labels);
      this.#keys.set(asked, key);
    }
    return key;
  }

  /**
   * Keeps an operation that is planned, when its version is still the one in service.
   * @param operationName as the client named it
   * @returns what runs it
   */
  keep(serving: Serving, plan: Plan, used: Allowed, operationName: string | undefined): Operation {
    const operation = this.#operationOf(serving, plan, used);
    const key = preparedKey(used.query, operationName, used.labels ?? []);
    const uses = (this.#prepared.peek(key)?.uses ?? 0) + 1;
    this.#add(this.#prepare({ ...used, key, uses }, serving, operation));
    return operation;
  }

  /**
   * Plans the operations in use for `next`, so that no client waits for it after the swap.
   * @param limits those of the next version; operations beyond them are left out
   */
  async warm(next: Serving, limits: LimitOptions): Promise<readonly WarmPrepared[]> {
    const mostUsed = [...this.#prepared.values()].sort((a, b) => b.uses - a.uses).slice(0, WARM_MAX);
    const { planner, supergraph } = next;
    const warm = await warmUp(this.#allowed(mostUsed, limits), {
      planner,
      apiSchema: supergraph.apiSchema,
      totalMs: WARM_MS,
    });
    return warm.flatMap(({ used, plan }) => {
      const operation = this.#compiled(next, plan, used);
      return this.#prepare({ ...used, uses: used.uses / 2 }, next, operation) ?? [];
    });
  }

  /**
   * @param next null when nothing is served any more
   * @param warm operations planned ahead for it
   */
  activate(next: Serving | null, warm: readonly WarmPrepared[]): void {
    this.#serving = next;
    // They would keep the version before alive.
    this.#prepared.clear();
    this.#operations.clear();
    this.#compiler.cache.clear();
    for (const prepared of warm) this.#add(prepared);
  }

  #compiled({ supergraph, sends }: Serving, plan: Plan, { document, operation }: OperationInUse): Operation {
    const hideSuggestions = this.#hideSuggestions;
    const compiler = this.#compiler;
    return createOperation({ plan, document, operation, supergraph, sends, hideSuggestions, compiler });
  }

  #operationOf(serving: Serving, plan: Plan, used: OperationInUse): Operation {
    const known = this.#operations.get(plan);
    // Plans outlive a reload of the configuration, which brings other senders.
    if (known?.sends === serving.sends) return known.operation;
    const operation = this.#compiled(serving, plan, used);
    const { sends } = serving;
    if (serving === this.#serving) this.#operations.set(plan, { operation, sends });
    return operation;
  }

  /** Null for a subscription. */
  #prepare(used: Omit<Prepared, 'serving' | 'ready'>, serving: Serving, { plan, execute }: Operation): Prepared | null {
    const { operation: kind, name } = used.operation;
    if (kind === 'subscription') return null;
    const ready: PreparedOperation = {
      kind,
      name: name?.value ?? null,
      shareKey: serving.shareKeys(new Set(fetchesIn(plan.node).map(({ serviceName }) => serviceName))),
      execute: (variables, call) => {
        const refused = this.#admission.refuseVariables(variables);
        if (refused !== null) return { data: undefined, errors: [refused] };
        const options = { limits: this.#admission.limits, memos: this.#memos, takesJsonText: true };
        return settle(
          () => execute(variables, call, options),
          (executed) => executed,
          (error) => ({ data: undefined, errors: [refusal(error)] }),
        );
      },
    };
    return { ...used, serving, ready };
  }

  #add(prepared: Prepared | null): void {
    if (prepared !== null && prepared.serving === this.#serving) this.#prepared.set(prepared.key, prepared);
  }

  /** The limits may have changed since, or change with the next version. */
  *#allowed(operations: readonly Prepared[], limits: LimitOptions): Iterable<Prepared> {
    for (const one of operations)
      if (one.limits === limits || this.#admission.allows(one.query, limits)) yield { ...one, limits };
  }
}

/** Requests with other labels of progressive `@override` have other plans. */
function preparedKey(query: string, operationName: string | undefined, labels: readonly string[]): string {
  return keyOf(operationName, labels.length === 0 ? null : keyOf(...labels), query);
}
