import type { GatewaySchemaLoadOrUpdateCallback } from '@apollo/server-gateway-interface';
import { assertValidSchema, type GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Authorization } from '../authorization/authorization';
import type { AuthorizationOptions } from '../authorization/options';
import type { PolicyDecider } from '../authorization/policies';
import type { Call } from '../call';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { createOperation } from '../execution/operation';
import { type Soon, settle, then } from '../layers';
import { Admission } from '../security/admission';
import type { LimitOptions } from '../security/options';
import { type Current, createCurrent, type Lease } from '../supergraph/current';
import type { Supergraph } from '../supergraph/supergraph';
import { type Asked, type AskedStep, type Outcome, refused } from './asked';
import type { CompileOperation } from './binder';
import { ErrorsInSight } from './errors-in-sight';
import type { QueryPlanExposure } from './explain';
import type { ReadyStep } from './flights';
import type { GuardedOperation } from './guarded-operation';
import { PreparedOperations } from './prepared-operations';
import type { ReadOptions } from './read-document';
import { refusalOf } from './refusals';
import type { Version } from './version';
import type { Warmed } from './warm-operations';

export interface OperationOptions extends ReadOptions {
  readonly limits: LimitOptions;
  /** Answers carry the plan and the calls made. */
  readonly exposeQueryPlan: QueryPlanExposure;
  readonly authorization: AuthorizationOptions;
}

/** Calls back for the supergraph in service and each that follows, until the returned function is called. */
export type FollowSchema = (callback: GatewaySchemaLoadOrUpdateCallback) => () => void;

/** Side of the operations for those who ask. */
export interface OperationsInService {
  /** True once a supergraph is being served. */
  readonly ready: boolean;
  readonly exposeQueryPlan: QueryPlanExposure;
  /** Limits on the text of a request's body, before it is parsed; null when it keeps to them. */
  admitBody(text: string, call: Call): GraphQLError | null;
  /** Limits on an operation's text, before anything expensive; null when it keeps to them. */
  admit(query: string, call: Call): GraphQLError | null;
  /**
   * What is wrong with a document in the eyes of whoever sent it; null: what was found may be told as it is.
   * @param errors as they are by all of the schema
   * @param query undefined: nobody knows the text
   */
  errorsInSight(
    errors: readonly (GraphQLError | GraphQLFormattedError)[],
    query: string | undefined,
    call: Call,
  ): Soon<readonly GraphQLError[] | null>;
  /** From what is asked for to an operation that is ready, and on with `ready`. */
  prepareThen(ready: ReadyStep): AskedStep;
  readonly followSchema: FollowSchema;
}

/**
 * The operations of a gateway, from their text to what executes them, in the version that is served. A call keeps the version
 * that it began with.
 */
export class Operations implements OperationsInService {
  readonly #current: Current<Version>;
  readonly #listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  readonly #admission: Admission;
  readonly #authorization: Authorization;
  readonly #prepared: PreparedOperations;
  readonly #errorsInSight: ErrorsInSight;
  #options: OperationOptions;

  /**
   * @param options whether names are suggested and introspection is answered stays as it is here
   * @param retire called once for each version that nobody uses any more
   * @param compile makes of a plan what executes it
   */
  constructor(
    options: OperationOptions,
    retire: (version: Version) => void,
    compile: CompileOperation = createOperation,
  ) {
    this.#options = options;
    this.#admission = new Admission(options.limits);
    this.#authorization = new Authorization(options.authorization);
    this.#prepared = new PreparedOperations(this.#admission, this.#authorization, options, compile);
    this.#errorsInSight = new ErrorsInSight(this.#authorization, options);
    this.#current = createCurrent({ retire });
  }

  get ready(): boolean {
    return this.version !== null;
  }

  get version(): Version | null {
    return this.#current.get();
  }

  get exposeQueryPlan(): QueryPlanExposure {
    return this.#options.exposeQueryPlan;
  }

  admitBody(text: string, { id }: Call): GraphQLError | null {
    return this.#admission.refuseBody(text, id);
  }

  admit(query: string, { id }: Call): GraphQLError | null {
    return this.#admission.refuseText(query, id);
  }

  errorsInSight(
    errors: readonly (GraphQLError | GraphQLFormattedError)[],
    query: string | undefined,
    call: Call,
  ): Soon<readonly GraphQLError[] | null> {
    const { version } = this;
    return version === null ? null : this.#errorsInSight.of(errors, version.supergraph, query, call);
  }

  readonly followSchema: FollowSchema = (callback) => {
    this.#listeners.add(callback);
    if (this.version !== null) tell(callback, this.version.supergraph);
    return () => this.#listeners.delete(callback);
  };

  prepareThen(ready: ReadyStep): AskedStep {
    return (asked, call) => {
      const { version } = this;
      if (version === null) return refused([refusalOf(stopping(), call.id)]);
      const known = this.#prepared.find(version, asked, call);
      if (known === null) return this.#underLease(call, (lease) => this.#preparedThen(lease, asked, call, ready));
      if ('execute' in known) return ready({ asked, prepared: known, preparing: null, hold: this.#hold }, call);
      if (!('variants' in known)) return refused(known);
      return this.#underLease(call, (lease) => this.#chosenThen(lease, known, asked, call, ready, null));
    };
  }

  readonly #hold = (): Lease<Version> => {
    const lease = this.#current.hold();
    if (lease === null) throw stopping();
    return lease;
  };

  /** Holds the version meanwhile: what is made of an operation is of no use with another one. */
  #underLease(call: Call, work: (lease: Lease<Version>) => Soon<Outcome>): Soon<Outcome> {
    const lease = this.#hold();
    return settle(
      () => work(lease),
      (outcome) => {
        lease.release();
        return outcome;
      },
      (error) => {
        lease.release();
        // What ends the call is told by whoever received it.
        if (error === call.gone.reason) throw error;
        return refused([refusalOf(error, call.id)]);
      },
    );
  }

  #preparedThen(lease: Lease<Version>, asked: Asked, call: Call, ready: ReadyStep): Soon<Outcome> {
    const fromMs = performance.now();
    return then(this.#prepared.prepare(lease.value, asked, call), (prepared) => {
      if ('variants' in prepared) return this.#chosenThen(lease, prepared, asked, call, ready, fromMs);
      if (!('execute' in prepared))
        return then(this.#errorsInSight.of(prepared, lease.value.supergraph, asked.query, call), (seen) =>
          refused(seen ?? prepared),
        );
      call.operation = prepared.head;
      const preparing = { fromMs, toMs: performance.now() };
      return ready({ asked, prepared, preparing, hold: () => lease.share() }, call);
    });
  }

  /**
   * Goes on with what of an operation whoever asks may be given.
   * @param fromMs when its preparation began, on the clock of `performance.now()`; null: it was there
   */
  #chosenThen(
    lease: Lease<Version>,
    guarded: GuardedOperation,
    asked: Asked,
    call: Call,
    ready: ReadyStep,
    fromMs: number | null,
  ): Soon<Outcome> {
    call.operation = guarded.head;
    const hold = () => lease.share();
    return then(this.#authorization.grant(guarded.requirements, guarded.policies, call), (granted) => {
      const begunMs = fromMs ?? performance.now();
      return then(this.#prepared.variant(lease.value, guarded, granted, call), (prepared) => {
        if (!('execute' in prepared)) return refused(prepared);
        return ready({ asked, prepared, preparing: { fromMs: begunMs, toMs: performance.now() }, hold }, call);
      });
    });
  }

  /**
   * Plans the operations in use for `next`, so that no client waits for it after the swap. Takes some seconds at most.
   * @param options in effect from the swap on; by default those that are
   * @param documents known beforehand, planned as well
   * @returns the swap, which cannot fail: `next` is served from the next query on, and queries under way keep the version
   *   that they began with
   */
  async prepare(next: Version, options = this.#options, documents: readonly string[] = []): Promise<() => void> {
    // Whoever is told of a schema looks whether it is one: that must not fail after the swap.
    assertValidSchema(next.supergraph.apiSchema);
    const { limits, authorization } = options;
    const rules = { next, limits, authorization };
    const used = await this.#prepared.warm(rules);
    const warm = [...(await this.#prepared.warmListed(rules, documents, used)), ...used];
    return () => {
      if (options !== this.#options) this.update(options);
      this.#activate(next, warm);
    };
  }

  /** Swaps without planning ahead. */
  activate(next: Version): void {
    this.#activate(next, []);
  }

  #activate(next: Version, warm: readonly Warmed[]): void {
    this.#current.activate(next);
    this.#prepared.activate(this.version, warm);
    this.#authorization.warn(next.supergraph.requirements);
    warnOfTags(next);
    for (const listener of this.#listeners) tell(listener, next.supergraph);
  }

  /** Takes those who decide policies that have no expression; the first is asked first. */
  decidePoliciesBy(deciders: readonly PolicyDecider[]): void {
    this.#authorization.decideBy(deciders);
  }

  /** Takes over other limits, another exposure of plans, and other rules of authorization. */
  update(options: OperationOptions): void {
    this.#options = options;
    this.#admission.update(options.limits);
    this.#authorization.update(options.authorization);
  }

  close(): void {
    this.#current.close();
    this.#prepared.activate(null, []);
  }
}

/** Tells of tags that are to be redacted and that nothing has. */
function warnOfTags({ errorMasks }: Version): void {
  const missing = new Set([...errorMasks.values()].flatMap(({ redaction }) => redaction?.missingTags ?? []));
  if (missing.size > 0) announce('redaction.tags.missing', { tags: [...missing] });
}

function stopping(): HeadgateError {
  return new HeadgateError('GATEWAY_NOT_READY', 'The gateway is stopping.');
}

/** What a listener throws keeps nobody else from the new version. */
function tell(callback: GatewaySchemaLoadOrUpdateCallback, supergraph: Supergraph): void {
  try {
    callback({ apiSchema: supergraph.apiSchema, coreSupergraphSdl: supergraph.sdl });
  } catch (error) {
    announce('internal.error', { where: 'a listener to new supergraphs', error });
  }
}
