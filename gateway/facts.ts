import type { IncomingHttpHeaders } from 'node:http';

/** What facts follow from by themselves: a call as it was received, and what layers have found out until now. */
export interface CallView {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** The query with its `?`, or empty. */
  readonly search: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Undefined where nobody knows. */
  readonly remoteAddress: string | undefined;
  /** Null before it is known which one is asked for. */
  readonly operation: { readonly name: string | null; readonly kind: string; readonly hash?: string } | null;
  readonly facts: FactsView;
}

/** Something about a call that layers further in need: an identity, a tenant, a cost. A layer puts it there, or it follows from the call. */
export interface Fact<T> {
  readonly name: string;
  /** Text that is equal for equal values only: whoever shares work is told apart by it. */
  readonly keyOf: (value: T) => string;
  /** Its value where no layer puts one; undefined when there is none. Asked each time that it is read. */
  readonly of?: (call: CallView) => unknown;
}

export interface FactsView {
  /** Undefined while nobody has put it there, or where it was not declared. */
  get<T>(fact: Fact<T>): T | undefined;
}

/** Facts of one call: layers in front put them there, layers behind get them. */
export class Facts implements FactsView {
  /** Nearly always there are none. */
  #values: Map<object, unknown> | undefined;
  readonly #call: CallView | null;

  /** @param call that facts follow from; null: what is not put there is not there */
  constructor(call: CallView | null = null) {
    this.#call = call;
  }

  get<T>(fact: Fact<T>): T | undefined {
    const known = this.#values?.get(fact);
    const value = known === undefined && this.#call !== null ? fact.of?.(this.#call) : known;
    return value as T | undefined; // as: `put` and `of` are for a fact's own type only
  }

  put<T>(fact: Fact<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(fact, value);
  }
}
