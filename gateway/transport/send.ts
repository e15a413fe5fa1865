import type { Flight } from '../flight';
import type { Step } from '../layers';

/** Sends one GraphQL operation to one subgraph: the one verb of this room. Its layers are those of `fetch`. */
export type Send = Step<SubgraphRequest, SubgraphAnswer, Flight>;

export interface SubgraphRequest {
  /** GraphQL text as the plan has it. */
  readonly operation: string;
  readonly operationName: string | undefined;
  readonly operationKind: 'query' | 'mutation';
  /** A JSON object of the variables that the operation declares, `representations` among them for entity fetches. */
  readonly variables: string;
}

/** A subgraph's answer after its form was checked; the values in `data` are still unchecked JSON. */
export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphError[];
  /** Length of the answer on the wire. */
  readonly bytes: number;
}

export interface SubgraphError {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}
