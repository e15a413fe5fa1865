import { HeadgateError, isHeadgateError } from '../../../errors';
import type { Pruned, Pruning } from '../storage';
import type { Blobs } from './blobs';
import type { HeldRevisions } from './held-revisions';
import type { Journal } from './journal';
import { systemCode } from './system-code';

/** Parts of a storage that a sweep works on. */
export interface SweptParts {
  readonly blobs: Blobs;
  /** Asked between two steps: true leaves the rest for another time. */
  readonly stop: () => boolean;
}

/**
 * Writes the journal anew without what goes, if anything does. When it resolves, that is on disk.
 * @returns what is held now
 */
export async function compact(
  held: HeldRevisions,
  graph: string,
  { before }: Pruning,
  journal: Journal,
): Promise<HeldRevisions> {
  const kept = held.without(graph, before);
  if (kept.oldest(graph) === held.oldest(graph)) return held;
  await journal.compact(kept.pruned(), kept.all());
  return kept;
}

/**
 * Removes the blobs that no revision held names: only after the journal that names them is gone for good.
 * @returns null when it was stopped before its end
 */
export async function sweep(
  held: HeldRevisions,
  { namedIn }: Pick<Pruning, 'namedIn'>,
  { blobs, stop }: SweptParts,
): Promise<number | null> {
  const named = new Set<string>();
  const states = new Set<string>();
  for (const { state, supergraph } of held.all()) {
    named.add(supergraph);
    states.add(state);
  }
  for (const state of states) {
    if (stop()) return null;
    named.add(state);
    for (const hash of namedIn(await blobs.read(state))) named.add(hash);
  }
  const removed = await blobs.sweep(named, stop);
  return stop() ? null : removed;
}

/** What the system said while blobs were read or removed, in words for the log. */
export function sweepFailed(cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined || isHeadgateError(cause)) return cause;
  const message = `texts that no revision names could not be removed from blobs/ (${code})`;
  return new HeadgateError('REGISTRY_WRITE_FAILED', message, { cause });
}

export const NOTHING_PRUNED: Pruned = { revisions: 0, blobs: 0 };
