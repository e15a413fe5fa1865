import { type Command, InvalidArgumentError } from 'commander';
import type { AuditLine } from '../../audit/chain';
import { decodeLine } from '../../audit/chain';
import { codeOf } from '../../audit/files';
import { followLines, lastLines } from '../../audit/tail';
import { verify } from '../../audit/verify';
import { loadSettings } from '../../config/load';
import { HeadgateError } from '../../errors';
import { plainJson, plainLine } from '../../plain-text';
import { type CommandOutput, diagnose, runCommand, usageError } from '../output';

interface FileOptions {
  readonly config?: string;
}

interface TailOptions extends FileOptions {
  readonly lines: number;
  readonly follow?: boolean;
}

const EXAMPLES = `
Examples:
  headgate audit verify                              the log that ./headgate.yaml names, and the files beside it
  headgate audit verify --expect 3f0c…               it holds the line with this hash, noted elsewhere
  headgate audit tail -n 50 -f                       the last lines, and those that come
  headgate audit tail --format json | jq .action     lines as they are
`;

/** `headgate audit verify|tail`: exit 1 when a line is not as it was written, or is not there; 3 when there is no log. */
export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('see the audit log of a gateway, and whether it is as it was written')
    .addHelpText('after', EXAMPLES);
  audit
    .command('verify [file]')
    .description('look through the log and the files beside it, and name the first line that is wrong')
    .option('--config <file>', 'the configuration that names the log; ./headgate.yaml by default')
    .option('--expect <hash>', 'a hash that has to be in the log')
    .action(runCommand(verifyLog));
  audit
    .command('tail [file]')
    .description('print the last lines of the log')
    .option('--config <file>', 'the configuration that names the log; ./headgate.yaml by default')
    .option('-n, --lines <number>', 'how many', readCount, 10)
    .option('-f, --follow', 'go on with those that come')
    .action(runCommand(tailLog));
}

async function verifyLog(
  file: string | undefined,
  { expect: expected, ...options }: FileOptions & { readonly expect?: string },
): Promise<CommandOutput> {
  const path = await pathOf(file, options);
  const { fault, lines, first, last, files } = await orNoLog(path, verify(path, expected ?? null));
  const data = { path, files, lines, first, last: last.seq, hash: last.hash, fault };
  if (fault !== null) {
    const text = `${fault.file}, line ${fault.line}: ${fault.reason}\n${lines} lines before it are as they were written`;
    return { data, text, exitCode: 1 };
  }
  if (lines === 0) return { data, text: `${path} has no lines yet` };
  return {
    data,
    text: `${lines} lines, ${first} to ${last.seq}, are as they were written; the last one has the hash ${last.hash}`,
  };
}

async function tailLog(
  file: string | undefined,
  { lines, follow = false, ...options }: TailOptions,
  command: Command,
): Promise<CommandOutput | undefined> {
  const path = await pathOf(file, options);
  const found = await orNoLog(path, lastLines(path, lines));
  const isJson = command.optsWithGlobals().format === 'json';
  for (const text of found.lines) print(text, isJson);
  if (follow) await followLines(path, found.end, (text) => print(text, isJson));
  return undefined;
}

function print(text: string, isJson: boolean): void {
  const line = decodeLine(text);
  if (line === null) diagnose('the next line is not as it was written: headgate audit verify');
  process.stdout.write(`${isJson || line === null ? plainLine(text) : lineText(line)}\n`);
}

/** `12 2026-12-01T12:00:00.000Z registry.publish done, key ci from 10.0.0.7, {"graph":"default"}: {"revision":1} to {"revision":2}` */
function lineText({
  seq,
  time,
  action,
  outcome,
  actor,
  address,
  target,
  before,
  after,
  status,
  code,
}: AuditLine): string {
  const who = [actor ?? '', address === null ? '' : `from ${address}`].filter((part) => part !== '').join(' ');
  const what = status === undefined ? outcome : `${outcome} ${status}${code === undefined ? '' : ` ${code}`}`;
  const values = [before, after].filter((value) => value !== undefined).map(plainJson);
  const change = values.length === 0 ? '' : `: ${values.join(' to ')}`;
  return plainLine(`${seq} ${time} ${action} ${what}${who === '' ? '' : `, ${who}`}, ${plainJson(target)}${change}`);
}

async function pathOf(file: string | undefined, { config }: FileOptions): Promise<string> {
  if (file !== undefined) return file;
  const { settings } = await loadSettings(config === undefined ? {} : { path: config });
  if (settings.audit !== undefined) return settings.audit.path;
  throw usageError(
    'the configuration has no section audit, so no log is written; name a file: headgate audit verify FILE',
  );
}

async function orNoLog<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const code = codeOf(error);
    if (code === undefined || error instanceof HeadgateError) throw error;
    throw usageError(`${path} cannot be read (${code})`);
  });
}

function readCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number of lines');
}
