import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { Call, OperationHead } from '../call';
import { CancellationSource } from '../cancellation';
import { announce } from '../events';
import type { Executed } from '../execution/execute';
import { LastRuns } from '../execution/last-runs';
import type { createOperation, Operation } from '../execution/operation';
import { Compiler } from '../execution/programs';
import type { Flight, Sight } from '../flight';
import { InFlight } from '../in-flight';
import { KeptMap, textBytes } from '../kept';
import { keyOf } from '../key';
import { type Soon, settle, then } from '../layers';
import { ownTurn } from '../own-turns';
import { fetchesIn, type Plan } from '../planning/plan';
import { type OperationInUse, warmUp } from '../planning/warm-up';
import type { Admission } from '../security/admission';
import type { LimitOptions } from '../security/options';
import { allReads, compileReads } from '../transport/reads';
import type { Asked } from './asked';
import { fieldsAsked } from './fields-asked';
import { listedOperations } from './listed-operations';
import { documentReader, type ReadDocument, type ReadOptions } from './read-document';
import { mutationByGet, noQuery, refusalOf, subscriptionRefused } from './refusals';
import type { Version } from './version';

/** An operation that is parsed, valid and planned, bound to the version that it was planned for. */
export interface PreparedOperation {
  readonly head: OperationHead & { readonly kind: 'query' | 'mutation' };
  readonly plan: Plan;
  /** Coordinates of the fields that it asks for, `User.name`. */
  readonly fields: () => ReadonlySet<string>;
  /** What its execution may see of a call. */
  readonly look: (call: Call) => Sight;
  /**
   * Asks the subgraphs and puts the answer together. Never fails: what goes wrong is among the errors.
   * @param ownsAnswer `data` is for one client alone; otherwise it may be shared with other answers, and must not be changed
   */
  execute(variables: Readonly<Record<string, unknown>>, flight: Flight, ownsAnswer: boolean): Soon<Execution>;
}

/** `data` is undefined when the request was refused. */
export type Execution = Executed | { readonly data: undefined; readonly errors: readonly GraphQLError[] };

export type CompileOperation = typeof createOperation;

/** An operation planned ahead. */
export type WarmPrepared = Prepared;

/** Bytes of an operation's document in memory for each of its tokens, which are kept as well; measured. */
const BYTES_PER_TOKEN = 450;
const NO_LABELS: readonly string[] = [];
const COMPILED_BYTES = 5_000;
/** Text of an operation that may take several milliseconds to look at: its fragments count again wherever they are used. */
const LONG_CHARACTERS = 1_000;
/** Operations planned before a swap, those used most. */
const WARM_MAX = 100;
const WARM_MS = 5_000;
/** Documents that are known beforehand are planned in this time, and not more of them. */
const LISTED_MS = 10_000;
const LISTED_MAX = 1_000;

interface Compiled {
  readonly operation: Operation;
  readonly fetches: Version['fetches'];
}

interface Allowed extends OperationInUse {
  /** Those that it keeps to. */
  readonly limits: LimitOptions;
}

/** An operation kept ready for one version. */
interface Prepared extends Allowed {
  readonly key: string;
  readonly version: Version;
  readonly ready: PreparedOperation;
  uses: number;
}

/** The preparation of an operation that has not been here before. */
class Preparing extends CancellationSource {
  /** Null until the document is read. */
  operation: OperationHead | null = null;
}

/** What belongs to one version while it is served. */
interface OfVersion {
  readonly read: ReadDocument;
  /** Equal operations that come at the same time are prepared once. */
  readonly preparing: InFlight<PreparedOperation | readonly GraphQLError[], Preparing>;
}

/** What an operation that is new is called by. */
interface Named {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly labels: readonly string[];
  readonly key: string;
}

/**
 * Operations parsed, validated and planned: those of the version in service are found, others are prepared when they come, and
 * those used most are planned ahead for the next version.
 */
export class PreparedOperations {
  readonly #admission: Admission;
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
  readonly #keys = new WeakMap<Asked, string>();
  readonly #ofVersions = new WeakMap<Version, OfVersion>();
  readonly #lastRuns = new LastRuns();
  readonly #compiler = new Compiler();
  readonly #options: ReadOptions;
  readonly #compile: CompileOperation;
  #version: Version | null = null;

  constructor(admission: Admission, options: ReadOptions, compile: CompileOperation) {
    this.#compile = compile;
    this.#admission = admission;
    this.#options = options;
  }

  /**
   * Finds what executes an operation that has been here before.
   * @returns errors of the request where it must not be executed; null when it is new
   */
  find(version: Version, asked: Asked, call: Call): PreparedOperation | readonly GraphQLError[] | null {
    const { query } = asked;
    if (query === undefined) return [noQuery()];
    const known = this.#prepared.get(this.#keyOf(query, asked, labelsOf(version, call)));
    if (known === undefined || known.version !== version || known.limits !== this.#admission.limits) return null;
    known.uses++;
    const { ready } = known;
    call.operation = ready.head;
    return asked.isReadOnly && ready.head.kind === 'mutation' ? [mutationByGet('mutation')] : ready;
  }

  /**
   * Makes what executes an operation that is new.
   * @returns errors of the request when it is refused
   * @throws {HeadgateError} codes of the planner; the reason for which the call has gone
   */
  prepare(version: Version, asked: Asked, call: Call): Soon<PreparedOperation | readonly GraphQLError[]> {
    const { query, operationName, isReadOnly } = asked;
    if (query === undefined) return [noQuery()];
    const labels = labelsOf(version, call);
    const key = this.#keyOf(query, asked, labels);
    return this.#prepareOnce(version, { query, operationName, labels, key }, isReadOnly, call);
  }

  #prepareOnce(version: Version, named: Named, isReadOnly: boolean, call: Call) {
    const { preparing } = this.#ofVersion(version);
    // Whether it may be a mutation is not to be learnt from somebody else.
    const key = isReadOnly ? `GET ${named.key}` : named.key;
    const known = preparing.find(key);
    if (known !== undefined) {
      call.operation = known.own.operation;
      return preparing.join(known, call.gone);
    }
    const begin = (own: Preparing) => this.#judge(version, named, isReadOnly, own, call);
    return preparing.begin(key, new Preparing(), call.gone, begin);
  }

  /** Looks at the text, then reads it; of a long one, each in a turn of the loop in which nothing else that is large begins. */
  #judge(
    version: Version,
    named: Named,
    isReadOnly: boolean,
    own: Preparing,
    call: Call,
  ): Soon<PreparedOperation | readonly GraphQLError[]> {
    const isLong = named.query.length >= LONG_CHARACTERS;
    return then(isLong ? turnOf(own) : undefined, () => {
      const refused = this.#admission.refuseOperation(named.query, call.id);
      if (refused !== null) return [refused];
      return then(isLong ? turnOf(own) : undefined, () => this.#prepareNew(version, named, isReadOnly, own, call));
    });
  }

  #prepareNew(
    version: Version,
    { query, operationName, labels, key }: Named,
    isReadOnly: boolean,
    own: Preparing,
    call: Call,
  ): Soon<PreparedOperation | readonly GraphQLError[]> {
    const read = this.#ofVersion(version).read(query, operationName);
    if (!('document' in read)) return read;
    const { document, operation } = read;
    const { operation: kind, name } = operation;
    own.operation = { kind, name: name?.value ?? null };
    call.operation = own.operation;
    if (kind === 'subscription') return [isReadOnly ? mutationByGet(kind) : subscriptionRefused()];
    if (isReadOnly && kind === 'mutation') return [mutationByGet(kind)];
    // Those that it keeps to: there may be others when it is planned.
    const { limits } = this.#admission;
    const asked = { query, operationName: isOnlyOne(document) ? null : (name?.value ?? null), document, labels };
    return version.planner.plan(asked, own).then((plan) => {
      const tooLarge = this.#admission.refusePlan(bytesOf(plan), call.id);
      if (tooLarge !== null) return [tooLarge];
      return this.#keep(version, plan, { ...asked, operation, limits, key, uses: 1 });
    });
  }

  #keyOf(query: string, asked: Asked, labels: readonly string[]): string {
    if (labels.length > 0) return preparedKey(query, asked.operationName, labels);
    let key = this.#keys.get(asked);
    if (key === undefined) {
      key = preparedKey(query, asked.operationName, labels);
      this.#keys.set(asked, key);
    }
    return key;
  }

  #ofVersion(version: Version): OfVersion {
    let found = this.#ofVersions.get(version);
    if (found === undefined) {
      found = { read: documentReader(version.supergraph.apiSchema, this.#options), preparing: new InFlight() };
      this.#ofVersions.set(version, found);
    }
    return found;
  }

  /** Keeps an operation that is planned, when its version is still the one in service. */
  #keep(version: Version, plan: Plan, used: Omit<Prepared, 'version' | 'ready'>): PreparedOperation {
    const prepared = this.#bind(used, version, this.#operationOf(version, plan, used));
    this.#add(prepared);
    return prepared.ready;
  }

  /**
   * Plans the operations in use for `next`, so that no client waits for it after the swap.
   * @param limits those of the next version; operations beyond them are left out
   */
  async warm(next: Version, limits: LimitOptions): Promise<readonly WarmPrepared[]> {
    const mostUsed = [...this.#prepared.values()].sort((a, b) => b.uses - a.uses).slice(0, WARM_MAX);
    const { planner, supergraph } = next;
    const warm = await warmUp(this.#allowed(mostUsed, limits), {
      planner,
      apiSchema: supergraph.apiSchema,
      totalMs: WARM_MS,
    });
    return warm.map(({ used, plan }) => {
      const operation = this.#compiled(next, plan, used);
      return this.#bind({ ...used, uses: used.uses / 2 }, next, operation);
    });
  }

  /**
   * Plans documents that are known beforehand, so that no client waits for any.
   * @param limits those of the next version; documents beyond them are left out
   * @param known what is planned already
   */
  async warmListed(
    next: Version,
    limits: LimitOptions,
    texts: readonly string[],
    known: readonly WarmPrepared[],
  ): Promise<readonly WarmPrepared[]> {
    if (texts.length === 0) return [];
    const done = new Set(known.map(({ key }) => key));
    const { planner, supergraph } = next;
    const { apiSchema } = supergraph;
    const counts = { invalid: 0 };
    const allows = (text: string) => this.#admission.allows(text, limits);
    const { read } = this.#ofVersion(next);
    const listed = listedOperations(texts.slice(0, LISTED_MAX), read, allows, counts);
    const warm = await warmUp(listed, { planner, apiSchema, totalMs: LISTED_MS });
    const allowed = warm.filter(({ plan }) => this.#admission.allowsPlan(bytesOf(plan), limits));
    const planned = new Set(allowed.map(({ used }) => used.query)).size;
    const invalid = counts.invalid + warm.length - allowed.length;
    const documents = texts.length;
    announce('persisted.planned', { documents, planned, invalid, late: Math.max(0, documents - planned - invalid) });
    return allowed.flatMap(({ used, plan }) => {
      const { askedAs, ...operation } = used;
      const compiled = this.#compiled(next, plan, operation);
      const keys = askedAs.map((name) => preparedKey(used.query, name, NO_LABELS)).filter((key) => !done.has(key));
      return keys.map((key) => this.#bind({ ...operation, key, limits, uses: 0 }, next, compiled));
    });
  }

  /**
   * @param next null when nothing is served any more
   * @param warm operations planned ahead for it
   */
  activate(next: Version | null, warm: readonly WarmPrepared[]): void {
    this.#version = next;
    // They would keep the version before alive.
    this.#prepared.clear();
    this.#operations.clear();
    this.#compiler.cache.clear();
    for (const prepared of warm) this.#add(prepared);
  }

  #compiled({ supergraph, fetches }: Version, plan: Plan, { document, operation }: OperationInUse): Operation {
    const { hideSuggestions } = this.#options;
    const compiler = this.#compiler;
    return this.#compile({ plan, document, operation, supergraph, fetches, hideSuggestions, compiler });
  }

  #operationOf(version: Version, plan: Plan, used: OperationInUse): Operation {
    const known = this.#operations.get(plan);
    // Plans outlive a reload of the configuration, which brings other senders.
    if (known?.fetches === version.fetches) return known.operation;
    const operation = this.#compiled(version, plan, used);
    const { fetches } = version;
    if (version === this.#version) this.#operations.set(plan, { operation, fetches });
    return operation;
  }

  #bind(used: Omit<Prepared, 'version' | 'ready'>, version: Version, { plan, execute }: Operation): Prepared {
    const { operation: kind, name } = used.operation;
    if (kind === 'subscription') throw new Error('a subscription is not planned');
    const { errorMasks } = version;
    const services = new Set(fetchesIn(plan.node).map(({ serviceName }) => serviceName));
    const ready: PreparedOperation = {
      head: new Head(kind, name?.value ?? null, used.query),
      plan,
      fields: onDemand(() => fieldsAsked(used, version.supergraph.apiSchema)),
      look: compileReads(allReads([...services].flatMap((service) => version.reads.get(service) ?? []))),
      execute: (variables, flight, ownsAnswer) => {
        const refused = this.#admission.refuseVariables(variables, flight.id);
        if (refused !== null) return { data: undefined, errors: [refused] };
        const { limits } = this.#admission;
        // Texts are for whoever writes the answer: others read it, or change it.
        const lastRuns = ownsAnswer ? null : this.#lastRuns;
        const options = { limits, lastRuns, takesJsonText: !ownsAnswer, errorMasks };
        return settle<Execution, Execution>(
          () => execute(variables, flight, options),
          (executed) => executed,
          (error) => ({ data: undefined, errors: [refusalOf(error, flight.id)] }),
        );
      },
    };
    return { ...used, version, ready };
  }

  #add(prepared: Prepared): void {
    if (prepared.version === this.#version) this.#prepared.set(prepared.key, prepared);
  }

  /** The limits may have changed since, or change with the next version. */
  *#allowed(operations: readonly Prepared[], limits: LimitOptions): Iterable<Prepared> {
    for (const one of operations)
      if (one.limits === limits || this.#admission.allows(one.query, limits)) yield { ...one, limits };
  }
}

class Head implements OperationHead {
  readonly #query: string;
  #hash: string | undefined;

  constructor(
    readonly kind: 'query' | 'mutation',
    readonly name: string | null,
    query: string,
  ) {
    this.#query = query;
  }

  get hash(): string {
    this.#hash ??= createHash('sha256').update(this.#query).digest('hex');
    return this.#hash;
  }
}

/** A turn of the loop. @throws {HeadgateError} nobody waits any more */
async function turnOf(preparing: Preparing): Promise<void> {
  await ownTurn();
  if (preparing.reason !== null) throw preparing.reason;
}

/** Requests with other labels of progressive `@override` have other plans. */
function preparedKey(query: string, operationName: string | undefined, labels: readonly string[]): string {
  return keyOf(operationName, labels.length === 0 ? null : keyOf(...labels), query);
}

/** Of the requests of a plan together. */
function bytesOf({ node }: Plan): number {
  return fetchesIn(node).reduce((sum, { operation }) => sum + Buffer.byteLength(operation), 0);
}

function isOnlyOne({ definitions }: DocumentNode): boolean {
  return definitions.filter((one) => one.kind === 'OperationDefinition').length === 1;
}

/** Labels of progressive `@override` that hold for a call. */
function labelsOf({ planner }: Version, { headers }: Call): readonly string[] {
  return planner.chooseLabels?.(headers) ?? NO_LABELS;
}

/** Makes a value when it is wanted first. */
function onDemand<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
