import { createHash } from 'node:crypto';
import type { GraphQLError, VariableDefinitionNode } from 'graphql';
import type { Call, OperationHead } from '../call';
import type { ErrorBehavior } from '../execution/error-behavior';
import type { Executed } from '../execution/execute';
import type { Flight, Sight } from '../flight';
import type { Soon } from '../layers';
import { fetchesIn, type Plan } from '../planning/plan';
import type { OperationInUse } from '../planning/warm-up';
import type { LimitOptions } from '../security/options';
import type { Outcome } from './asked';

/** An operation that is parsed, valid and planned, bound to the version that it was planned for. */
export interface PreparedOperation {
  readonly head: PreparedHead;
  readonly plan: Plan;
  /** That the client's operation declares. */
  readonly variables: readonly VariableDefinitionNode[];
  /** Coordinates of the fields that it asks for, `User.name`. */
  readonly fields: () => ReadonlySet<string>;
  /** What its execution may see of a call. */
  readonly look: (call: Call) => Sight;
  /**
   * Asks the subgraphs and puts the answer together. Never fails: what goes wrong is among the errors.
   * @param ownsAnswer `data` is for one client alone; otherwise it may be shared with other answers, and must not be changed
   * @param onError `PROPAGATE` when absent
   */
  execute(
    variables: Readonly<Record<string, unknown>>,
    flight: Flight,
    ownsAnswer: boolean,
    onError?: ErrorBehavior,
  ): Soon<Execution>;
}

/** `data` is undefined when the request was refused. */
export type Execution = (Executed | { readonly data: undefined; readonly errors: readonly GraphQLError[] }) &
  Pick<Outcome, 'extensions'>;

/** What an operation is prepared of. */
export interface Used extends OperationInUse {
  /** Those that it keeps to. */
  readonly limits: LimitOptions;
  readonly key: string;
}

export type PreparedHead = OperationHead & { readonly kind: 'query' | 'mutation' };

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

export function headOf({ operation, query }: Pick<Used, 'operation' | 'query'>): PreparedHead {
  const { operation: kind, name } = operation;
  if (kind === 'subscription') throw new Error('a subscription is not planned');
  return new Head(kind, name?.value ?? null, query);
}

/** Bytes of the requests of a plan together. */
export function planBytes({ node }: Plan): number {
  return fetchesIn(node).reduce((sum, { operation }) => sum + Buffer.byteLength(operation), 0);
}
