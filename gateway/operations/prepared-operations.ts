import type { DocumentNode, GraphQLError } from 'graphql';
import type { Authorization } from '../authorization/authorization';
import type { Call, OperationHead } from '../call';
import { CancellationSource } from '../cancellation';
import { InFlight } from '../in-flight';
import { KeptMap, textBytes } from '../kept';
import { keyOf } from '../key';
import { type Soon, then } from '../layers';
import { ownTurn } from '../own-turns';
import type { Admission } from '../security/admission';
import type { Asked } from './asked';
import { Binder, type CompileOperation } from './binder';
import { GuardedOperation } from './guarded-operation';
import { type PreparedOperation, planBytes, type Used } from './prepared-operation';
import { documentReader, type ReadDocument, type ReadOptions } from './read-document';
import { mutationByGet, noQuery, subscriptionRefused } from './refusals';
import { Variants } from './variants';
import type { Version } from './version';
import { warmDocuments } from './warm-documents';
import { type NextRules, type Warmed, warmOperations } from './warm-operations';

/** Bytes of an operation's document in memory for each of its tokens, which are kept as well; measured. */
const BYTES_PER_TOKEN = 450;
const NO_LABELS: readonly string[] = [];
/** Text of an operation that may take several milliseconds to look at: its fragments count again wherever they are used. */
const LONG_CHARACTERS = 1_000;

/** An operation kept ready for one version. */
interface Prepared extends Warmed {
  readonly version: Version;
  uses: number;
}

/** What executes an operation, or has variants of it to choose from; or errors of the request. */
export type Found = PreparedOperation | GuardedOperation | readonly GraphQLError[];

/** The preparation of an operation that has not been here before. */
class Preparing extends CancellationSource {
  /** Null until the document is read. */
  operation: OperationHead | null = null;
}

/** What belongs to one version while it is served. */
interface OfVersion {
  readonly read: ReadDocument;
  /** Equal operations that come at the same time are prepared once. */
  readonly preparing: InFlight<Found, Preparing>;
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
  readonly #authorization: Authorization;
  readonly #binder: Binder;
  readonly #prepared = new KeptMap<string, Prepared>({
    name: 'prepared operations',
    weigh: ({ used: { query, document } }, key) =>
      textBytes(key) + textBytes(query) + BYTES_PER_TOKEN * (document.tokenCount ?? query.length),
    dropped: ({ ready }) => {
      if (ready instanceof GuardedOperation) ready.variants.clear();
    },
  });
  readonly #variants: Variants;
  /** Of requests that come again and again as the same object: a key is as long as the query. */
  readonly #keys = new WeakMap<Asked, string>();
  readonly #ofVersions = new WeakMap<Version, OfVersion>();
  readonly #options: ReadOptions;
  #version: Version | null = null;

  constructor(admission: Admission, authorization: Authorization, options: ReadOptions, compile: CompileOperation) {
    this.#admission = admission;
    this.#authorization = authorization;
    this.#options = options;
    this.#binder = new Binder(admission, authorization, options.hideSuggestions, compile);
    this.#variants = new Variants(admission, authorization, this.#binder);
  }

  /**
   * Finds what executes an operation that has been here before.
   * @returns errors of the request where it must not be executed; null when it is new
   */
  find(version: Version, asked: Asked, call: Call): Found | null {
    const { query } = asked;
    if (query === undefined) return [noQuery()];
    const known = this.#prepared.get(this.#keyOf(query, asked, labelsOf(version, call)));
    if (known === undefined || known.version !== version || known.used.limits !== this.#admission.limits) return null;
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
  prepare(version: Version, asked: Asked, call: Call): Soon<Found> {
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
  #judge(version: Version, named: Named, isReadOnly: boolean, own: Preparing, call: Call): Soon<Found> {
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
  ): Soon<Found> {
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
    const only = isOnlyOne(document) ? null : (name?.value ?? null);
    const used: Used = { query, operationName: only, document, operation, labels, limits, key };
    const guarded = GuardedOperation.of(used, version.supergraph, this.#authorization.options);
    if (guarded !== null) return this.#keep(version, used, guarded);
    return version.planner.plan({ query, operationName: only, document, labels }, own).then((plan) => {
      const tooLarge = this.#admission.refusePlan(planBytes(plan), call.id);
      if (tooLarge !== null) return [tooLarge];
      return this.#keep(version, used, this.#binder.whole(used, version, plan, version === this.#version));
    });
  }

  /**
   * Finds or makes what of a guarded operation those are given who are granted the same.
   * @param granted a `1` or a `0` for each of its requirements
   * @returns errors of the request when it is refused
   * @throws {HeadgateError} codes of the planner; the reason for which the call has gone
   */
  variant(
    version: Version,
    guarded: GuardedOperation,
    granted: string,
    call: Call,
  ): Soon<PreparedOperation | readonly GraphQLError[]> {
    return this.#variants.of(version, guarded, granted, call, version === this.#version);
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

  /** Keeps an operation that is ready, when its version is still the one in service. */
  #keep<T extends Prepared['ready']>(version: Version, used: Used, ready: T): T {
    if (version === this.#version) this.#prepared.set(used.key, { used, ready, version, uses: 1 });
    return ready;
  }

  /**
   * Plans the operations in use for `next`, so that no client waits for it after the swap.
   * @param rules in effect from then on; operations beyond the limits are left out
   */
  warm(rules: NextRules): Promise<readonly Warmed[]> {
    return warmOperations(this.#prepared.values(), rules, this.#admission, this.#binder);
  }

  /**
   * Plans documents that are known beforehand, so that no client waits for any.
   * @param rules in effect from then on; documents beyond the limits are left out
   * @param known what is planned already
   */
  async warmListed(rules: NextRules, texts: readonly string[], known: readonly Warmed[]): Promise<readonly Warmed[]> {
    if (texts.length === 0) return [];
    const done = new Set(known.map(({ used }) => used.key));
    const { read } = this.#ofVersion(rules.next);
    const warm = await warmDocuments(texts, read, rules, this.#admission, this.#binder);
    return warm.flatMap(({ askedAs, ...one }) => {
      const keys = askedAs.map((name) => preparedKey(one.used.query, name, NO_LABELS)).filter((key) => !done.has(key));
      return keys.map((key) => ({ ...one, used: { ...one.used, key } }));
    });
  }

  /**
   * @param next null when nothing is served any more
   * @param warm operations planned ahead for it
   */
  activate(next: Version | null, warm: readonly Warmed[]): void {
    this.#version = next;
    // They would keep the version before alive.
    this.#prepared.clear();
    this.#binder.forget();
    if (next === null) return;
    for (const one of warm) this.#prepared.set(one.used.key, { ...one, version: next });
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

function isOnlyOne({ definitions }: DocumentNode): boolean {
  return definitions.filter((one) => one.kind === 'OperationDefinition').length === 1;
}

/** Labels of progressive `@override` that hold for a call. */
function labelsOf({ planner }: Version, { headers }: Call): readonly string[] {
  return planner.chooseLabels?.(headers) ?? NO_LABELS;
}
