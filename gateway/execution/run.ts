import type { GraphQLError } from 'graphql';
import type { Flight } from '../flight';
import type { FetchContent } from '../transport/fetch-answer';
import type { FetchRequest } from '../transport/fetch-request';
import type { MaskedErrors } from '../transport/redaction';
import { type AnswerLimits, AnswerSize, type AnswerTooLarge, type NoRoom } from './answer-size';
import type { ErrorBehavior } from './error-behavior';
import { ExplainedPaths } from './explained-paths';
import type { IntrospectionValues } from './introspection';
import type { LastRun } from './last-runs';
import type { Answers } from './parts';
import type { Path, PathElement } from './paths';
import type { AnswerSink, PreparedFetch } from './prepared-fetch';
import { WithheldErrors } from './withheld-errors';

/** Errors kept for one answer; a list of thousands of broken entities must not become thousands of errors. */
const ERRORS_MAX = 1000;

/** A list that an entity is not asked for want of: several subgraphs answered it, and not equally long. */
export interface Misfit {
  /** Names from the entity down to the list. */
  readonly path: readonly string[];
  /** Type of the object that has it. */
  readonly holder: string | null;
}

/** What of their errors clients see, by the name of the subgraph. */
export type ErrorMasks = ReadonlyMap<string, MaskedErrors>;

/** The state of one execution. */
export class Run implements Answers, AnswerSink {
  /** Answers by fetch id, nested in arrays by the list indexes on the way to where the fetch begins. */
  readonly answers: unknown[];
  /** List indexes from the root to the element being looked at. */
  readonly indexes: number[] = [];
  /** By request index: what was answered, and what had been prepared for it. */
  readonly received: FetchContent[] = [];
  readonly prepared: (PreparedFetch | null)[] = [];
  /** Where in the answer completion is; empty unless {@link tracksPath}. */
  readonly path: PathElement[] = [];
  /** Completion runs without keeping track of its path, and once more with it when something has to be refused. */
  tracksPath = false;
  needsPath = false;
  readonly errors: GraphQLError[] = [];
  /** Set when a representation cannot be made because of one, until somebody says so. */
  misfit: Misfit | null = null;
  /** What the fetch whose outcome is being looked at asked, and was answered; null where it was not. */
  request: FetchRequest | null = null;
  content: FetchContent | null = null;
  /** Answers of the `__schema` and `__type` fields; null when there are none. */
  introspection: IntrospectionValues | null = null;
  readonly size: AnswerSize;
  /** Set when the answer is found to be too large: nothing more is asked then. */
  tooLarge: AnswerTooLarge | NoRoom | null = null;
  readonly #explained = new ExplainedPaths();
  /** Paths of the errors; null before somebody asks for one. */
  #places: ExplainedPaths | null = null;

  constructor(
    readonly listDepths: readonly number[],
    readonly variables: Readonly<Record<string, unknown>>,
    readonly flight: Flight,
    /** What an earlier run made of the same answers; null to make everything anew. */
    readonly lastRun: LastRun | null,
    /** 1 for each fetch, by id, that conditions leave out; null: none is. */
    readonly skipped: Uint8Array | null,
    limits: AnswerLimits,
    readonly errorMasks: ErrorMasks,
    readonly onError: ErrorBehavior,
    /** Called for an error that ends the operation. */
    readonly halt: () => void,
  ) {
    this.size = new AnswerSize(limits, flight);
    this.answers = new Array(listDepths.length);
  }

  /** Completion begins anew, without its path. */
  restart(): void {
    this.indexes.length = 0;
    this.path.length = 0;
    this.tracksPath = false;
    this.needsPath = false;
  }

  /** Whether conditions leave out a fetch. */
  skips({ id }: { readonly id: number }): boolean {
    return this.skipped !== null && this.skipped[id] === 1;
  }

  /** What fetch `id` answered for the element at `indexes`. */
  answerHere(id: number): unknown {
    let answer = this.answers[id];
    const depth = this.listDepths[id] ?? 0;
    for (let at = 0; at < depth; at++) {
      if (!Array.isArray(answer)) return undefined;
      answer = answer[this.indexes[at] ?? 0];
    }
    return answer;
  }

  /** Keeps what fetch `id` answered for the element at `indexes`. */
  keepAnswer(id: number, indexes: readonly number[], answer: unknown): void {
    let level = this.answers;
    let slot = id;
    for (const index of indexes) {
      level = arrayAt(level, slot);
      slot = index;
    }
    level[slot] = answer;
  }

  /** True when these requests answered the very objects that the lastRun was made of. */
  hasSame(requests: readonly number[]): boolean {
    const { lastRun, received } = this;
    return (
      lastRun !== null &&
      requests.every((index) => received[index] !== undefined && received[index] === lastRun.received[index])
    );
  }

  /** True when no more errors are kept. */
  get isFullOfErrors(): boolean {
    return this.errors.length >= ERRORS_MAX || this.isHalted;
  }

  /** True when an error has ended the operation. */
  get isHalted(): boolean {
    return this.onError === 'HALT' && this.errors.length > 0;
  }

  /** @param covers places whose nulls this error explains, when not just its own path */
  addError(error: GraphQLError, covers: readonly Path[] = error.path === undefined ? [] : [error.path]): void {
    if (this.isFullOfErrors) return;
    for (const path of covers) this.#explained.add(path);
    this.errors.push(error);
    if (error.path !== undefined) this.#places?.add(error.path);
    if (this.onError === 'HALT') this.halt();
  }

  withheldOf(subgraph: string): WithheldErrors | null {
    const mask = this.errorMasks.get(subgraph);
    if (mask === undefined) return null;
    const exchanged = this.request === null ? null : { request: this.request, data: this.content?.data };
    return new WithheldErrors(mask, subgraph, this.flight, { variables: this.variables, exchanged });
  }

  /** True when a null at the present path has its reason in an error above, at or below. */
  isExplained(): boolean {
    return this.#explained.touches(this.path);
  }

  /**
   * True when a null at the present path needs an error. Where such nulls stay, a client tells them by an error at their very
   * path from those that are values.
   */
  needsError(): boolean {
    if (this.isFullOfErrors) return false;
    return this.onError === 'NULL' ? !this.#errorPlaces().has(this.path) : !this.isExplained();
  }

  #errorPlaces(): ExplainedPaths {
    if (this.#places === null) {
      this.#places = new ExplainedPaths();
      for (const { path } of this.errors) if (path !== undefined) this.#places.add(path);
    }
    return this.#places;
  }
}

function arrayAt(parent: unknown[], slot: number): unknown[] {
  const found = parent[slot];
  if (Array.isArray(found)) return found;
  const made: unknown[] = [];
  parent[slot] = made;
  return made;
}
