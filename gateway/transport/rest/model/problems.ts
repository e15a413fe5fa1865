import { HeadgateError } from '../../../errors';
import type { Position } from './position';

/** One thing that is wrong in a REST adapter's SDL. */
export interface ConnectProblem extends Position {
  /** Stable, e.g. SOURCE_UNKNOWN. */
  readonly code: ConnectProblemCode;
  readonly message: string;
  /** `Query.user`, `User` or `schema`. */
  readonly coordinate: string;
}

export type ConnectProblemCode =
  | 'SDL_INVALID'
  | 'LINK_MISSING'
  | 'VERSION_UNSUPPORTED'
  | 'VERSION_TOO_EARLY'
  | 'ARGUMENT_INVALID'
  | 'SOURCE_DUPLICATE'
  | 'SOURCE_UNKNOWN'
  | 'URL_INVALID'
  | 'METHOD_INVALID'
  | 'HEADER_INVALID'
  | 'MAPPING_SYNTAX'
  | 'VARIABLE_UNKNOWN'
  | 'VARIABLE_NOT_AVAILABLE'
  | 'ENV_NOT_ALLOWED'
  | 'ARGUMENT_UNKNOWN'
  | 'THIS_FIELD_UNKNOWN'
  | 'FIELD_UNKNOWN'
  | 'FIELD_NEEDS_SELECTION'
  | 'FIELD_TAKES_NO_SELECTION'
  | 'FIELD_UNRESOLVED'
  | 'ROOT_FIELD_WITHOUT_CONNECT'
  | 'ENTITY_INVALID'
  | 'ENTITY_UNRESOLVED'
  | 'BATCH_INVALID'
  | 'CONNECT_REPEATED';

/** Collects problems, so that one check names them all. */
export class Problems {
  readonly #found: ConnectProblem[] = [];

  add(code: ConnectProblemCode, message: string, coordinate: string, { line, column }: Position): void {
    this.#found.push({ code, message, coordinate, line, column });
  }

  /** In the order of the text. */
  get found(): readonly ConnectProblem[] {
    return this.#found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }

  /** @throws {HeadgateError} CONNECT_INVALID with `details.problems` */
  throwIfAny(subgraph: string): void {
    if (this.#found.length > 0) throw connectInvalid(subgraph, this.found);
  }
}

export function connectInvalid(subgraph: string, problems: readonly ConnectProblem[]): HeadgateError {
  const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new HeadgateError('CONNECT_INVALID', `the REST adapter \`${subgraph}\` has ${count}:\n${lines.join('\n')}`, {
    details: { subgraph, problems },
  });
}

export function describeProblem({ line, column, code, coordinate, message }: ConnectProblem): string {
  const place = line === null ? '' : `${line}:${column} `;
  return `${place}${code} ${coordinate}: ${message}`;
}
