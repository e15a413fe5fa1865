import type { IdSource } from '../../persisted-documents/options';
import type { RouteRequest } from '../route';
import { WrongParameters } from './status-rules';

/** Parameter of a path behind that of GraphQL. */
export const DOCUMENT_PARAM = 'document';
const ID_CHARACTERS_MAX = 1_024;

/** Where a request may name a document. */
export interface DocumentIds {
  /** Whether the hash of `extensions.persistedQuery` may be any id, where there is no text. */
  readonly takesHashes: boolean;
  /** Members of a body and parameters of a query string, in order. */
  readonly names: readonly string[];
  /** Undefined: the path has none. */
  inPath(request: Pick<RouteRequest, 'params'>): string | undefined;
}

/** Ids mean nothing. */
export const NO_DOCUMENT_IDS: DocumentIds = { takesHashes: false, names: [], inPath: () => undefined };

export function documentIds(sources: readonly IdSource[]): DocumentIds {
  const hasPath = sources.includes('path');
  return {
    takesHashes: sources.includes('sha256Hash'),
    names: sources.filter((source) => source === 'documentId' || source === 'doc_id'),
    inPath: ({ params }) => (hasPath ? params[DOCUMENT_PARAM] : undefined),
  };
}

/**
 * The id that a request names a document by; undefined when it names none.
 * @param places in order, with what stands there
 * @throws {HeadgateError} BAD_REQUEST for one that is no id, and for two that differ
 */
export function documentIdOf(places: readonly (readonly [place: string, value: unknown])[]): string | undefined {
  let found: readonly [place: string, id: string] | undefined;
  for (const [place, value] of places) {
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value === '' || value.length > ID_CHARACTERS_MAX)
      throw bad(`${place} must be the id of a document: a string of 1 to ${ID_CHARACTERS_MAX} characters`);
    if (found !== undefined && found[1] !== value) throw bad(`${found[0]} and ${place} name two documents`);
    found ??= [place, value];
  }
  return found?.[1];
}

function bad(message: string): WrongParameters {
  return new WrongParameters(message);
}
