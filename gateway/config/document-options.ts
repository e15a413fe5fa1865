import type { DocumentOptions, ManifestDocument, PersistedOptions, Requirement } from '../persisted-documents/options';
import type { Settings } from './settings';
import { redactedTags } from './subgraph-options';

/** How requests are read that name a document. */
export function persistedOptions({ persisted_documents: section }: Settings): PersistedOptions {
  if (section === undefined) return { automatic: true, sources: null };
  const { enabled, apq = requirementOf(section) === 'any', sources } = section;
  return { automatic: apq, sources: enabled ? [...new Set(sources)] : null };
}

/** Null: no manifests, and every operation may be asked for. */
export function documentOptions(
  { persisted_documents: section, telemetry }: Settings,
  documents: readonly ManifestDocument[],
): DocumentOptions | null {
  if (section === undefined || !section.enabled) return null;
  const hidesLiterals = redactedTags({ telemetry }).length > 0;
  return { requirement: requirementOf(section), logUnknown: section.log_unknown, hidesLiterals, documents };
}

function requirementOf({ enabled, require }: NonNullable<Settings['persisted_documents']>): Requirement {
  if (!enabled || require === false) return 'any';
  return require === 'id' ? 'id' : 'listed';
}
