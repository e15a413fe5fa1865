import { HeadgateError } from '../errors';

/** One thing wrong in a configuration. Lines and columns count from 1; null when no place of the file causes it. */
export interface Problem {
  /** Dotted, e.g. `traffic_shaping.all.timeout`; empty for the whole file. */
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
  /** For an unknown name: the known name that resembles it most. */
  readonly nearest?: string;
}

/** A problem before its place in the file is known. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly nearest?: string;
  /** Points at the key itself, not at its value. */
  readonly atKey?: boolean;
}

/** The problem of a finding that is written in no file. */
export function unlocated({ path, message }: Finding): Problem {
  return { path: path.join('.'), line: null, column: null, message };
}

/** CONFIG_INVALID with every problem, in the order of the file's lines, as `file:line:column key: message`. */
export function configError(file: string | null, problems: readonly Problem[]): HeadgateError {
  const sorted = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return new HeadgateError('CONFIG_INVALID', sorted.map((problem) => print(file, problem)).join('\n'), {
    details: { file, problems: sorted },
  });
}

function print(file: string | null, { path, line, column, message }: Problem): string {
  const place = [file ?? 'command line', line, column].filter((part) => part !== null).join(':');
  return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`;
}
