import type { IncomingHttpHeaders } from 'node:http';
import { type Cancellation, CancellationSource } from './cancellation';
import { announce, listened, type SubgraphCall } from './events';
import type { Fact, FactsView } from './facts';
import type { Holder } from './under-way';

/** Retries in the whole plan of one operation: a query of twenty fetches must not become one of sixty. */
const PLAN_RETRIES_MAX = 3;

/** Declaration of all that shared work may read of a client's request. What is not declared is not there. */
export interface Reads {
  /** Lower-case names. */
  readonly headers: readonly string[];
  /** Every header whose name one of these fits. */
  readonly matching: readonly RegExp[];
  readonly facts: readonly Fact<never>[];
  /** What is answered belongs to one client: it is shared with nobody. */
  readonly isPrivate: boolean;
}

/** All that shared work may see of the calls that wait for it. */
export interface Sight {
  /** Those that the operation declares to read, lower-case names. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly facts: FactsView;
  /** Equal for calls that look the same; null: for each call alone. */
  readonly key: string | null;
}

/**
 * Work for one call or for several that asked for the same: one execution of one operation. It sees of its calls only what
 * the operation declares to read, so what it finds out is right for each of them.
 */
export class Flight extends CancellationSource implements Holder {
  /** Of the first call. */
  readonly id: string;
  readonly headers: Sight['headers'];
  readonly facts: FactsView;
  /** Start of the first call, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
  /** What was asked of subgraphs, in the order of the answers. */
  readonly calls: SubgraphCall[] = [];
  /** Headers that header rules propagate from subgraph answers to the client's answer, lower-case names. */
  readonly answerHeaders = new Map<string, string[]>();
  /** Further attempts that all its subgraph calls together may still make; counted down. */
  readonly retries = { left: PLAN_RETRIES_MAX };
  /** What its subgraphs' answers have cost so far, where that is measured. */
  readonly cost = { actual: 0 };
  /** Values of the operation's variables, defaults filled in; undefined before it is executed. */
  variables: Readonly<Record<string, unknown>> | undefined = undefined;
  held: Holder['held'] = undefined;

  /** @param first the call that it begins for */
  constructor(
    { headers, facts }: Omit<Sight, 'key'>,
    { id, startedAt }: { readonly id: string; readonly startedAt: number },
    deadlineAt: number,
  ) {
    super();
    this.id = id;
    this.headers = headers;
    this.facts = facts;
    this.startedAt = startedAt;
    this.deadlineAt = deadlineAt;
  }

  /** Happens when the last call that waited has gone. */
  get cancellation(): Cancellation {
    return this;
  }

  /** Keeps what is known of a call to a subgraph that has ended; to be told once, however many wait. */
  record(call: SubgraphCall): void {
    this.calls.push(call);
    if (listened('subgraph.called')) announce('subgraph.called', { id: this.id, call });
  }

  /** The flight for work that has to end by `deadlineAt`, on the clock of `performance.now()`. */
  until(deadlineAt: number): Flight {
    return deadlineAt < this.deadlineAt ? new FlightPart(this, deadlineAt, this.cancellation) : this;
  }

  /** The flight for work that other flights wait for as well: it has a cancellation of its own. */
  apart(): Flight {
    return new FlightPart(this, this.deadlineAt, null);
  }
}

/** Part of the work of a flight. All but its end is that of the flight: what it reads, and what it tells. */
class FlightPart extends CancellationSource implements Flight {
  readonly deadlineAt: number;
  readonly #whole: Flight;
  readonly #cancellation: Cancellation;

  /** @param cancellation null: its own */
  constructor(whole: Flight, deadlineAt: number, cancellation: Cancellation | null) {
    super();
    this.#whole = whole;
    this.deadlineAt = deadlineAt;
    this.#cancellation = cancellation ?? this;
  }

  get id(): string {
    return this.#whole.id;
  }

  get headers(): Flight['headers'] {
    return this.#whole.headers;
  }

  get facts(): FactsView {
    return this.#whole.facts;
  }

  get startedAt(): number {
    return this.#whole.startedAt;
  }

  get calls(): Flight['calls'] {
    return this.#whole.calls;
  }

  get answerHeaders(): Flight['answerHeaders'] {
    return this.#whole.answerHeaders;
  }

  get retries(): Flight['retries'] {
    return this.#whole.retries;
  }

  get cost(): Flight['cost'] {
    return this.#whole.cost;
  }

  get variables(): Readonly<Record<string, unknown>> | undefined {
    return this.#whole.variables;
  }

  get held(): Holder['held'] {
    return this.#whole.held;
  }

  set held(held: Holder['held']) {
    this.#whole.held = held;
  }

  get cancellation(): Cancellation {
    return this.#cancellation;
  }

  record(call: SubgraphCall): void {
    this.#whole.record(call);
  }

  until(deadlineAt: number): Flight {
    return deadlineAt < this.deadlineAt ? new FlightPart(this, deadlineAt, this.#cancellation) : this;
  }

  apart(): Flight {
    return new FlightPart(this, this.deadlineAt, null);
  }
}
