import { Command, CommanderError, Option } from 'commander';
import { packageVersion } from '../package-root';
import { COMMANDS } from './commands';
import { FORMATS, type OutputFormat, printError, survivePipeClosure, usageError } from './output';

const EXAMPLES = `
Examples:
  headgate demo                                    a gateway, three subgraphs and a REST service on this machine
  headgate serve --supergraph supergraph.graphql   a gateway from a supergraph alone
  headgate validate --config headgate.yaml         check a configuration
  headgate plan --supergraph supergraph.graphql operation.graphql

Exit codes: 0 done, 1 the check or publish failed, 2 outcome unknown, 3 wrong usage or configuration.
`;

/** Runs one command line; the exit code is left in `process.exitCode`. */
export async function runProgram(args: readonly string[]): Promise<void> {
  survivePipeClosure();
  try {
    await buildProgram(args).parseAsync(args, { from: 'user' });
  } catch (error) {
    reportUsage(error, args);
  }
}

/** The program with the command that the arguments name, and the others by name only. */
function buildProgram(args: readonly string[]): Command {
  const program = new Command('headgate')
    .description('A GraphQL federation gateway whose subgraphs are pools of instances')
    .version(packageVersion, '--version', 'print the version')
    .addOption(new Option('--format <format>', 'how results are printed').choices(FORMATS).default('text'))
    .helpOption('--help', 'print help')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const named = args.find((arg) => COMMANDS.some(({ name }) => name === arg));
  for (const { name, synopsis, description, load } of COMMANDS) {
    if (name === named) load()(program, COMMANDS);
    else program.command(`${name} ${synopsis}`).description(description);
  }
  return program;
}

/** Commander ends help and version with an error as well; everything else that it throws is wrong usage. */
function reportUsage(error: unknown, args: readonly string[]): void {
  const format = formatIn(args);
  if (!(error instanceof CommanderError)) {
    printError(error, format);
    return;
  }
  if (error.exitCode === 0) return;
  const message = error.code === 'commander.help' ? 'no command given' : error.message.replace(/^error: /, '');
  printError(usageError(message), format);
}

/** The arguments could not be parsed, yet the caller said how to answer. */
function formatIn(args: readonly string[]): OutputFormat {
  const at = args.indexOf('--format');
  const given = at === -1 ? undefined : args[at + 1];
  return FORMATS.find((format) => format === given || args.includes(`--format=${format}`)) ?? 'text';
}
