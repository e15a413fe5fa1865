import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { HeadgateError } from '../../errors';
import { type Import, importOpenapi } from '../../rest-import/import-openapi';
import { DRAFT_MARK } from '../../rest-import/print-draft';
import { type CommandOutput, diagnose } from '../output';

export interface ImportCommandOptions {
  readonly out?: string;
  readonly overrides?: string;
  readonly report?: string;
  readonly force?: boolean;
}

/**
 * Drafts an adapter: the SDL to a file or stdout, what became of the document to stderr and, in full, to a file.
 * @throws {HeadgateError} USAGE, OPENAPI_INVALID, CONFIG_INVALID
 */
export async function importDocument(path: string, options: ImportCommandOptions): Promise<CommandOutput> {
  const { out, overrides, report, force } = options;
  if (out !== undefined && force !== true) refuseOther(out);
  const given = overrides === undefined ? {} : { overrides: { path: overrides, text: read(overrides) } };
  const made = importOpenapi(path, given);
  if (out !== undefined) write(out, made.sdl);
  const { sdl, ...rest } = made;
  if (report !== undefined) write(report, `${JSON.stringify(rest, null, 2)}\n`);
  diagnose(summary(made, report));
  const told = out === undefined ? sdl : `${out} has ${made.imported} of ${made.operations} operations`;
  return { data: { ...rest, ...(out === undefined ? { sdl } : { out }) }, text: told, document: true };
}

/** A draft may be made again; what people wrote may not be lost. */
function refuseOther(out: string): void {
  if (!existsSync(out) || read(out).startsWith(DRAFT_MARK)) return;
  throw new HeadgateError('USAGE', `${out} is there and is no draft of rest import; give another name, or --force`);
}

const SHOWN_MAX = 20;

function summary({ imported, operations, leftOut, notes }: Import, report: string | undefined): string {
  const lines = [`imported ${imported} of ${operations} operations`];
  lines.push(
    ...shown(
      'left out',
      leftOut.map(({ operation, reason }) => `${operation} ${reason}`),
    ),
  );
  lines.push(
    ...shown(
      'to look at',
      notes.map(({ place, note }) => `${place} ${note}`),
    ),
  );
  if (report === undefined && leftOut.length + notes.length > SHOWN_MAX) lines.push('all of it with --report FILE');
  return lines.join('\n');
}

function shown(what: string, all: readonly string[]): readonly string[] {
  if (all.length === 0) return [];
  const rest = all.length - SHOWN_MAX;
  return [
    `${what}:`,
    ...all.slice(0, SHOWN_MAX).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
