import type { Connector } from '../transport/rest/connector';
import type { Mapping } from '../transport/rest/mapping/mapping';
import { type MappingTrace, traceMapping } from '../transport/rest/mapping/trace';
import type { Outcome } from './rehearsal';

/** A mapping that looked at an answer, step by step. */
export interface Explanation {
  /** `selection`, `isSuccess`, `errors.message`, `errors.extensions`. */
  readonly mapping: string;
  readonly trace: MappingTrace;
}

/** Where a mapping found nothing. */
export interface MappingProblem {
  /** Names of the output, `user.address`; empty at the top. */
  readonly path: string;
  readonly message: string;
  readonly mapping: string;
  /** In the mapping, counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** The mappings that an answer went through, in their order; none when there was no answer. */
export function explained(connector: Connector, { read, error }: Outcome): readonly Explanation[] {
  if (read === null) return [];
  const { data, variables } = read;
  const { isSuccess, selection, errorMessage, errorExtensions } = connector;
  const of = (name: string, mapping: Mapping | null): Explanation[] =>
    mapping === null ? [] : [{ mapping: name, trace: traceMapping(mapping.text, mapping.options, data, variables) }];
  return [
    ...of('isSuccess', isSuccess),
    ...(error === null
      ? of('selection', selection)
      : [...of('errors.message', errorMessage), ...errorExtensions.flatMap((one) => of('errors.extensions', one))]),
  ];
}

export function problemsOf(explanations: readonly Explanation[]): readonly MappingProblem[] {
  return explanations.flatMap(({ mapping, trace }) =>
    trace.problems.map(({ field, problem, line, column }) => ({
      path: field,
      message: problem ?? '',
      mapping,
      line,
      column,
    })),
  );
}
