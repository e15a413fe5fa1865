import { HeadgateError } from '../../errors';
import { compositionThread } from '../thread/composition-thread';
import type { LintFinding, LintLevels } from './lint';

/**
 * Finds what breaks rules in an SDL and did not in the one before, off the main thread: SDLs have up to 10 MB.
 * @param before null: it is new
 * @throws {HeadgateError} SUPERGRAPH_INVALID: it took too long, or too much memory
 */
export async function lint(
  subgraph: string,
  before: string | null,
  sdl: string,
  levels: LintLevels,
): Promise<readonly LintFinding[]> {
  if (Object.values(levels).every((level) => level === 'off')) return [];
  const answer = await compositionThread.run({ kind: 'lint', subgraph, before, sdl, levels });
  if (answer.kind !== 'linted') throw new HeadgateError('INTERNAL', 'rules of an SDL could not be looked at');
  return answer.findings;
}
