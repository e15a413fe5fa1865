import type { GraphQLError } from 'graphql';
import type { ClientCall } from '../transport/send';
import { type Path, type PathElement, touches } from './paths';

/** Errors kept for one answer; a list of thousands of broken entities must not become thousands of errors. */
const ERRORS_MAX = 1000;

/** The state of one execution. */
export class Run {
  /** Answers by fetch id, nested in arrays by the list indexes on the way to where the fetch begins. */
  readonly answers: unknown[];
  /** List indexes from the root to the element being looked at. */
  readonly indexes: number[] = [];
  readonly path: PathElement[] = [];
  readonly errors: GraphQLError[] = [];
  /** Answers of the `__schema` and `__type` fields by response key. */
  introspection: Readonly<Record<string, unknown>> | null = null;
  /** Places that an error already explains; undefined explains everything. */
  private readonly explained: Path[] = [];

  constructor(
    readonly listDepths: readonly number[],
    readonly variables: Readonly<Record<string, unknown>>,
    readonly call: ClientCall,
  ) {
    this.answers = new Array(listDepths.length);
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

  /** @param covers places whose nulls this error explains, when not just its own path */
  addError(error: GraphQLError, covers: readonly Path[] = error.path === undefined ? [] : [error.path]): void {
    this.explained.push(...covers);
    if (this.errors.length < ERRORS_MAX) this.errors.push(error);
  }

  /** True when an error above, at or below the present path was already added. */
  isExplained(): boolean {
    return this.explained.some((path) => touches(path, this.path));
  }
}

function arrayAt(parent: unknown[], slot: number): unknown[] {
  const found = parent[slot];
  if (Array.isArray(found)) return found;
  const made: unknown[] = [];
  parent[slot] = made;
  return made;
}
