import { CHANGE } from '../../audit/change';
import type { Authorship } from '../../registry/authorship';
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
