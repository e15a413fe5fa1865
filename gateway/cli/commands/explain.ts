import type { Command } from 'commander';
import { ERRORS, type ErrorEntry, HeadgateError, KNOWN_ELSEWHERE } from '../../errors';
import { nearestName } from '../../nearest-name';
import { type CommandOutput, runCommand } from '../output';
import { alignColumns } from '../table';

const HELP = `
Examples:
  headgate explain SUBGRAPH_TIMEOUT
  headgate explain --format json          every code
`;

/** What is known of a code of ours, or of one of those that keep the meaning that others gave them. */
interface Explanation extends Pick<ErrorEntry, 'meaning' | 'remedy'> {
  readonly code: string;
  /** Of an answer without data; null: the error stands beside data, or no client of HTTP meets it. */
  readonly status: number | null;
  /** Of a command that ends with it; null: none does. */
  readonly exit: number | null;
}

const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map([
  ...Object.entries(KNOWN_ELSEWHERE).map(([code, entry]) => explanation(code, { ...entry, status: null }, null)),
  ...Object.entries<ErrorEntry>(ERRORS).map(([code, entry]) => explanation(code, entry, entry.exit ?? 1)),
]);

function explanation(
  code: string,
  { status, meaning, remedy }: ErrorEntry,
  exit: Explanation['exit'],
): [string, Explanation] {
  return [code, { code, status, exit, meaning, remedy }];
}

/** `headgate explain`: exit 3 for a code that nobody gives. */
export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('print what an error code means, and what to do about it')
    .argument('[code]', 'as in extensions.code of an answer, or in a line of the log; all of them without it')
    .addHelpText('after', HELP)
    .action(runCommand(explain));
}

async function explain(given: string | undefined): Promise<CommandOutput> {
  if (given === undefined) return all();
  const found = EXPLANATIONS.get(given.toUpperCase());
  if (found === undefined) throw unknown(given);
  const { code, status, exit, meaning, remedy } = found;
  const lines = [
    code,
    `  meaning     ${meaning}`,
    `  what to do  ${remedy}`,
    ...(status === null ? [] : [`  status      ${status} of an answer without data`]),
    ...(exit === null ? [] : [`  exit        ${exit} of a command that ends with it`]),
  ];
  return { data: found, text: lines.join('\n') };
}

function all(): CommandOutput {
  const codes = [...EXPLANATIONS.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  return {
    data: codes,
    text: alignColumns([['CODE', 'MEANING'], ...codes.map(({ code, meaning }) => [code, meaning])]),
  };
}

function unknown(given: string): HeadgateError {
  const nearest = nearestName(given, EXPLANATIONS.keys());
  const hint = nearest === undefined ? '; headgate explain lists those that there are' : `; did you mean ${nearest}?`;
  return new HeadgateError('USAGE', `there is no code ${given}${hint}`, { details: { nearest: nearest ?? null } });
}
