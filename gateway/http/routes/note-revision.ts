import { CHANGE } from '../../audit/change';
import type { Authorship } from '../../registry/authorship';
import type { Draft } from '../../registry/drafts';
import type { ChangeResult } from '../../registry/registry';
import type { RouteRequest } from '../route';

/** Tells the audit log which revision a call has made of which, in the words of the registry. */
export function noteRevision(
  { facts }: RouteRequest,
  { before, revision, changes }: ChangeResult,
  { message, vcs }: Authorship,
): void {
  const after = { revision, changes: changes.map((change) => change.message), message, vcs };
  facts.put(CHANGE, { before: { revision: before }, after });
}

/** Tells it of a draft that was kept. */
export function noteDraft({ facts }: RouteRequest, { number, subgraph }: Draft, { message, vcs }: Authorship): void {
  facts.put(CHANGE, { before: {}, after: { draft: number, subgraph, message, vcs } });
}
