import { HeadgateError, isHeadgateError } from '../../errors';
import { describeProblem, readConnectorsFromSdl } from '../../transport/rest/connectors';
import type { ConnectProblem } from '../../transport/rest/model/problems';
import { type AdapterFile, readAdapterFile } from './adapter-file';

/** What one file of `rest check` comes to. */
export interface CheckedFile {
  readonly file: string;
  readonly problems: readonly ConnectProblem[];
  /** What works, and seldom as it was meant. */
  readonly warnings: readonly ConnectProblem[];
}

/** @throws {HeadgateError} CONNECT_INVALID when a file has problems, USAGE when one cannot be read */
export async function checkFiles(paths: readonly string[]): Promise<readonly CheckedFile[]> {
  const files = await Promise.all(paths.map(readAdapterFile));
  const checked = files.map((file) => ({ file: file.path, ...judged(file) }));
  const lines = checked.flatMap(({ file, problems }) =>
    problems.map((problem) => `${file}:${describeProblem(problem)}`),
  );
  if (lines.length === 0) return checked;
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  throw new HeadgateError('CONNECT_INVALID', `${count}\n${lines.join('\n')}`, { details: { files: checked } });
}

/** Problems and warnings of an adapter's text, each as `line:column message`. */
export function adapterProblems(
  name: string,
  sdl: string,
): { readonly problems: readonly string[]; readonly warnings: readonly string[] } {
  const { problems, warnings } = judged({ path: '', name, sdl });
  return { problems: problems.map(describeProblem), warnings: warnings.map(describeProblem) };
}

function judged({ name, sdl }: AdapterFile): Omit<CheckedFile, 'file'> {
  try {
    return { problems: [], warnings: readConnectorsFromSdl(sdl, name).warnings };
  } catch (error) {
    if (!isHeadgateError(error, 'CONNECT_INVALID')) throw error;
    // The one place that makes this code puts its problems there.
    return { problems: (error.details?.problems ?? []) as readonly ConnectProblem[], warnings: [] };
  }
}
