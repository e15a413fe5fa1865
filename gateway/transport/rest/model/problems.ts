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
  | 'PLACE_INVALID'
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
  | 'SHAPE_MISMATCH'
  | 'TYPENAME_INVALID'
  | 'ROOT_FIELD_WITHOUT_CONNECT'
  | 'ENTITY_INVALID'
  | 'ENTITY_UNRESOLVED'
  | 'BATCH_INVALID'
  | 'CONNECT_REPEATED'
  | ConnectWarningCode;

/** What works, and seldom as it was meant. */
export type ConnectWarningCode =
  | 'KEY_MISSING'
  | 'LATER_METHOD'
  | 'LITERAL_IS_NAME'
  | 'MAY_BE_NULL'
  | 'NOT_IN_EFFECT'
  | 'SOURCE_UNUSED';

/** Collects problems and warnings, so that one check names them all. */
export class Problems {
  readonly #found = new Map<string, ConnectProblem>();
  readonly #warnings = new Map<string, ConnectProblem>();
  readonly #file: string | null;

  /** @param file where the adapter was read from; null when nobody knows */
  constructor(file: string | null = null) {
    this.#file = file;
  }

  add(code: ConnectProblemCode, message: string, coordinate: string, { line, column }: Position): void {
    addOnce(this.#found, { code, message, coordinate, line, column });
  }

  warn(code: ConnectWarningCode, message: string, coordinate: string, { line, column }: Position): void {
    addOnce(this.#warnings, { code, message, coordinate, line, column });
  }

  /** In the order of the text. */
  get found(): readonly ConnectProblem[] {
    return [...this.#found.values()].sort(byPlace);
  }

  /** In the order of the text. */
  get warnings(): readonly ConnectProblem[] {
    return [...this.#warnings.values()].sort(byPlace);
  }

  /** @throws {HeadgateError} CONNECT_INVALID with `details.problems` */
  throwIfAny(subgraph: string): void {
    if (this.#found.size > 0) throw connectInvalid(subgraph, this.found, this.#file);
  }
}

function byPlace(a: Position, b: Position): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** One alternative of a mapping says what another has said. */
function addOnce(all: Map<string, ConnectProblem>, one: ConnectProblem): void {
  const key = `${one.coordinate} ${describeProblem(one)}`;
  if (!all.has(key)) all.set(key, one);
}

/** @param file where the adapter was read from; null when nobody knows */
export function connectInvalid(
  subgraph: string,
  problems: readonly ConnectProblem[],
  file: string | null = null,
): HeadgateError {
  const place = file === null ? '' : `${file}:`;
  const lines = problems.map((problem) => `  ${place}${describeProblem(problem)}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new HeadgateError('CONNECT_INVALID', `the REST adapter \`${subgraph}\` has ${count}:\n${lines.join('\n')}`, {
    details: { subgraph, problems },
  });
}

export function describeProblem({ line, column, code, coordinate, message }: ConnectProblem): string {
  const place = line === null ? '' : `${line}:${column} `;
  return `${place}${code} ${coordinate}: ${message}`;
}
