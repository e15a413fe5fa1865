import type { CompletedFields } from './complete-fields';
import type { Introspect } from './introspection';
import type { Position } from './position';
import type { CompiledRequest } from './request-content';

/** An operation with everything decided that can be decided before a request comes. */
export interface Program {
  /** Each behind those that it waits for. */
  readonly requests: readonly CompiledRequest[];
  /** 0 to the number of requests. */
  readonly requestIndexes: readonly number[];
  readonly root: Position;
  /** List levels above the place where each fetch begins, by fetch id. */
  readonly listDepths: readonly number[];
  /** True: it does for every combination of conditions, and each run of it may be another one. */
  readonly isGeneral: boolean;
  /**
   * @param variables coerced
   * @throws {HeadgateError} PLANNING_FAILED: nothing is fetched under these although the operation asks for data
   */
  choose(variables: Readonly<Record<string, unknown>>): Choice;
}

/** Decisions that the values of conditions make. */
export interface Choice {
  readonly fields: CompletedFields;
  /** Null when the operation asks for no introspection. */
  readonly introspect: Introspect | null;
  /** 1 for each fetch, by id, that does not take part; null when all do. */
  readonly skipped: Uint8Array | null;
}
