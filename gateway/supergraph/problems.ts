import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { CompositionProblem } from './supergraph';
import type { JobAnswer } from './thread/jobs';

/** The reasons that an error of `composeSubgraphs` or `readSupergraph` carries; empty when it has none. */
export function problemsOf(error: HeadgateError): readonly CompositionProblem[] {
  // Only this room writes `problems` with these codes, always of this type.
  return (error.details?.problems ?? []) as readonly CompositionProblem[];
}

/** One line: `products:12:3 INVALID_FIELD_SHARING reason`, without the parts that are unknown. */
export function printProblem({ subgraph, line, column, code, message }: CompositionProblem): string {
  const place = [subgraph, line, column].filter((part) => part !== null).join(':');
  return [place, code, message].filter((part) => part !== '').join(' ');
}

/** Makes the error of a refusal by the thread. A crash of the library is also announced as a defect. */
export function refusal(
  code: 'COMPOSITION_FAILED' | 'SUPERGRAPH_INVALID',
  subject: string,
  answer: JobAnswer,
): HeadgateError {
  if (answer.kind === 'refused') {
    const reasons = answer.problems.map(printProblem).join('\n');
    const more = answer.problemCount - answer.problems.length;
    const message = `${subject}:\n${reasons}${more > 0 ? `\nand ${more} more` : ''}`;
    return new HeadgateError(code, message, { details: { problems: answer.problems } });
  }
  const cause = defectOf(answer);
  announce('internal.error', { where: 'supergraph/thread', error: cause });
  const problem: CompositionProblem = {
    subgraph: null,
    message: cause.message,
    code: 'INTERNAL',
    line: null,
    column: null,
  };
  return new HeadgateError(code, `${subject}: ${cause.message}`, { details: { problems: [problem] }, cause });
}

function defectOf(answer: JobAnswer): Error {
  if (answer.kind !== 'crashed') return new Error(`the thread answered with ${answer.kind}`);
  const defect = new Error(answer.message);
  defect.stack = answer.stack;
  return defect;
}
