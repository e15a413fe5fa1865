import { HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import type { Authorship } from './authorship';
import type { Change } from './changes';
import { type CheckResult, type Composer, checkChange, type ProposedChange } from './check-change';
import { type Head, readHead } from './history';
import { breakingChange } from './judgement';
import { lintFailed } from './lint-failed';
import { encodeState } from './state';
import { blobHash, type Revision, type RevisionKind, type Storage } from './storage/storage';

export interface Intent {
  readonly graph: string;
  readonly kind: RevisionKind;
  readonly by: Authorship;
  readonly rolledBackTo: number | null;
  /** Whoever asks for it knows that it breaks clients. */
  readonly mayBreak: boolean;
  /** What to turn the head into; asked again when the head has moved. */
  readonly proposalFor: (head: Head | null) => ProposedChange | Promise<ProposedChange>;
}

/** Each lost race means that somebody else's change was stored, so only a crowd can come here. */
const CONFLICTS_MAX = 50;

/**
 * Reads the head, checks the change against it and appends; when the head has moved meanwhile, all over again.
 * @returns the new revision, or the head's number when nothing changes; and the head that it follows, 0 for none
 * @throws {HeadgateError} those of `checkChange`; CONFLICT, REGISTRY_WRITE_FAILED
 */
export async function commit(
  storage: Storage,
  composer: Composer,
  intent: Intent,
): Promise<{ revision: number; before: number; checked: CheckResult }> {
  for (let conflicts = 0; conflicts < CONFLICTS_MAX; conflicts += 1) {
    const head = await readHead(storage, intent.graph);
    const proposed = await intent.proposalFor(head);
    const checked = await checkChange(storage, composer, head, proposed);
    refuseUnfit(checked, intent.mayBreak);
    const before = head?.revision.revision ?? 0;
    if (checked.changes.length === 0 && head !== null) return { revision: before, before, checked };
    const appended = await append(storage, intent, head, proposed, checked);
    if (appended !== null) return { revision: appended.revision, before, checked };
  }
  throw new HeadgateError(
    'CONFLICT',
    `graph ${intent.graph} changes too often: gave up after ${CONFLICTS_MAX} attempts`,
  );
}

/** @throws {HeadgateError} BREAKING_CHANGE, LINT_FAILED */
export function refuseUnfit({ judgement, lint }: CheckResult, mayBreak: boolean): void {
  if (!mayBreak && judgement !== null && judgement.refused.length > 0) throw breakingChange(judgement);
  const wrong = lint.filter(({ level }) => level === 'error');
  if (wrong.length > 0) throw lintFailed(wrong);
}

/** Null when somebody else was first. */
async function append(
  storage: Storage,
  { graph, kind, by, rolledBackTo }: Intent,
  head: Head | null,
  proposed: ProposedChange,
  { changes, supergraph }: CheckResult,
): Promise<Revision | null> {
  const state = encodeState(proposed.state);
  const event = {
    at: new Date().toISOString(),
    ...by,
    kind,
    subgraphs: namesIn(changes),
    rolledBackTo,
    state: blobHash(state),
    supergraph: blobHash(supergraph),
  };
  try {
    const expected = head?.revision.revision ?? 0;
    const revision = await storage.append(graph, expected, event, [...proposed.texts, supergraph, state]);
    announce('registry.revision', { graph, revision: revision.revision, kind, actor: by.actor });
    return revision;
  } catch (error) {
    if (isHeadgateError(error, 'CONFLICT')) return null;
    throw error;
  }
}

function namesIn(changes: readonly Change[]): readonly string[] {
  return [...new Set(changes.map(({ subgraph }) => subgraph))];
}
