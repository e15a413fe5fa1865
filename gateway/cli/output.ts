import type { Command } from 'commander';
import { ERRORS, type ErrorEntry, HeadgateError, isHeadgateError } from '../errors';
import { plainJson, plainText } from '../plain-text';
import { type Annotation, annotationsOf, githubLine } from './annotations';

/** 0 done · 1 the check or publish failed · 2 outcome unknown · 3 wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2 | 3;

export type OutputFormat = 'text' | 'json' | 'github';

/** As `--format` takes them. */
export const FORMATS: readonly OutputFormat[] = ['text', 'json', 'github'];

/** Result of a command: `data` for the JSON envelope, `text` for people. */
export interface CommandOutput {
  readonly data: unknown;
  readonly text: string;
  /** The text is a document that is read by programs: a file or a pipe gets it as it is. */
  readonly document?: true;
  /** For `--format github`, beside the text. */
  readonly annotations?: readonly Annotation[];
  /** 0 when absent. */
  readonly exitCode?: ExitCode;
}

export function exitCodeOf(error: unknown): ExitCode {
  const entry: ErrorEntry | null = isHeadgateError(error) ? ERRORS[error.code] : null;
  return entry?.exit ?? 1;
}

/** Turns an action into a commander action: prints what it returns or throws, and sets the exit code. */
export function runCommand<Args extends unknown[]>(
  action: (...args: Args) => Promise<CommandOutput | undefined>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    const format = formatOf(args.at(-1));
    try {
      const output = await action(...args);
      if (output !== undefined) printOutput(output, format);
    } catch (error) {
      printError(error, format);
    }
  };
}

/** Commander passes the command as the last argument of an action. */
function formatOf(command: unknown): OutputFormat {
  const options = (command as Command | undefined)?.optsWithGlobals?.();
  return FORMATS.find((format) => format === options?.format) ?? 'text';
}

function printOutput(output: CommandOutput, format: OutputFormat): void {
  if (format === 'json') writeEnvelope(output.data, null);
  else if (output.text !== '') process.stdout.write(endLine(forPeople(output)));
  if (format === 'github') annotate(output.annotations ?? []);
  process.exitCode = output.exitCode ?? 0;
}

/** The message on stderr; with `--format json` the envelope, with `github` annotations on stdout as well. */
export function printError(error: unknown, format: OutputFormat): void {
  const known = isHeadgateError(error) ? error : null;
  const code = known?.code ?? 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  if (format === 'json') writeEnvelope(null, { code, message, details: known?.details ?? null });
  if (format === 'github') annotate(annotationsOf(code, message, known?.details));
  const stack = known === null && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : '';
  process.stderr.write(endLine(`${red(`error[${code}]`)} ${plainText(message)}\n${plainText(stack)}`));
  process.exitCode = exitCodeOf(error);
}

function annotate(annotations: readonly Annotation[]): void {
  for (const annotation of annotations) process.stdout.write(`${plainText(githubLine(annotation))}\n`);
}

/** Progress and diagnostics go to stderr, so that stdout stays data. */
export function diagnose(text: string): void {
  process.stderr.write(endLine(plainText(text)));
}

function forPeople({ text, document }: CommandOutput): string {
  return document === true && !process.stdout.isTTY ? text : plainText(text);
}

/** Thrown by commands whose arguments make no sense. */
export function usageError(message: string): HeadgateError {
  return new HeadgateError('USAGE', message);
}

/** A reader that goes away (`headgate … | head`) is no failure of the command. */
export function survivePipeClosure(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exitCode = 1;
    });
  }
}

function writeEnvelope(data: unknown, error: { code: string; message: string; details: unknown } | null): void {
  process.stdout.write(`${plainJson({ json_version: '1', data, error })}\n`);
}

function red(text: string): string {
  const colored = process.stderr.isTTY && !process.env.NO_COLOR;
  return colored ? `\u001b[31m${text}\u001b[39m` : text;
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
