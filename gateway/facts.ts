/** Something that a layer finds out about a call and that layers behind it need: an identity, a tenant, a cost. */
export interface Fact<T> {
  readonly name: string;
  /** Text that is equal for equal values only: whoever shares work is told apart by it. */
  readonly keyOf: (value: T) => string;
  /** Makes it, a T or undefined, of other facts, where nobody has put it. */
  readonly from?: (facts: FactsView) => unknown;
}

export interface FactsView {
  /** Undefined while nobody has put it there, or where it was not declared. */
  get<T>(fact: Fact<T>): T | undefined;
}

/** Facts of one call: layers in front put them there, layers behind get them. */
export class Facts implements FactsView {
  /** Nearly always there are none. */
  #values: Map<object, unknown> | undefined;

  get<T>(fact: Fact<T>): T | undefined {
    const value = this.#values?.get(fact) as T | undefined; // as: `put` takes a fact's own type only
    return value === undefined && fact.from !== undefined ? (fact.from(this) as T | undefined) : value; // as: what it says
  }

  put<T>(fact: Fact<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(fact, value);
  }
}
