import type { Call } from '../call';
import { announce } from '../events';
import { type Asked, type AskedLayer, type AskedStep, refused } from '../operations/asked';
import { persistedRefusal } from '../operations/refusals';
import { CLIENT_NAME, CLIENT_VERSION } from '../vocabulary/client';
import { DOCUMENT_ID } from '../vocabulary/operation';
import type { Documents } from './documents';
import { hashIn, withoutHash } from './hash';
import type { ManifestDocument, Requirement } from './options';
import { UnknownOperations } from './unknown-operations';

/** What may be asked for now; a configuration that is taken over changes it. */
export interface DocumentsInService {
  readonly documents: Documents;
  readonly requirement: Requirement;
  readonly logUnknown: boolean;
  readonly hidesLiterals: boolean;
}

/**
 * Puts the text of a document of a manifest in the place of its id, and refuses what may not be asked for. A hash that no manifest
 * has is left to automatic persisted queries.
 * @param takesHashes whether the hash of `extensions.persistedQuery` may be the id of a document
 */
export function persistedDocuments(inService: () => DocumentsInService, takesHashes: boolean): AskedLayer {
  /** Of requests that come again as the same object, the same object is made. */
  const completed = new WeakMap<Asked, Asked>();
  const unknown = new UnknownOperations();

  function complete(asked: Asked, { text }: ManifestDocument): Asked {
    const known = completed.get(asked);
    if (known?.query === text) return known;
    const made = { ...asked, query: text, extensions: withoutHash(asked.extensions) };
    completed.set(asked, made);
    return made;
  }

  function byId(id: string, asked: Asked, call: Call, next: AskedStep) {
    const client = { name: call.facts.get(CLIENT_NAME), version: call.facts.get(CLIENT_VERSION) };
    const found = inService().documents.find(id, client);
    if (found === null) return null;
    if (asked.query !== undefined && asked.query !== found.text) return refuse('CANNOT_SEND_PQ_ID_AND_BODY', 'refused');
    return go(found, complete(asked, found), call, next);
  }

  function byText(query: string, asked: Asked, call: Call, next: AskedStep) {
    const { documents, requirement, logUnknown, hidesLiterals } = inService();
    const found = documents.withText(query);
    if (found === null && logUnknown)
      unknown.announce(query, asked.operationName ?? null, call, { isRefused: requirement !== 'any', hidesLiterals });
    if (requirement === 'id') return refuse('PERSISTED_QUERY_ID_REQUIRED', 'refused');
    if (found !== null) return go(found, asked, call, next);
    if (requirement === 'listed') return refuse('QUERY_NOT_IN_SAFELIST', 'refused');
    announce('persisted.document', { result: 'unlisted' });
    return next(asked, call);
  }

  return {
    name: 'persisted documents',
    wrap: (next) => (asked, call) => {
      const { documentId, query, extensions } = asked;
      if (documentId !== undefined) {
        const answered = byId(documentId, asked, call, next);
        if (answered !== null) return answered;
        const code = query === undefined ? 'PERSISTED_QUERY_NOT_IN_LIST' : 'CANNOT_SEND_PQ_ID_AND_BODY';
        return refuse(code, 'unknown');
      }
      const hash = takesHashes && extensions !== undefined ? hashIn(extensions) : null;
      const answered = hash === null ? null : byId(hash, asked, call, next);
      if (answered !== null) return answered;
      if (query !== undefined) return byText(query, asked, call, next);
      // Whoever answers his own clients only does not have them send texts.
      return inService().requirement === 'any' ? next(asked, call) : refuse('PERSISTED_QUERY_NOT_IN_LIST', 'unknown');
    },
  };
}

function go({ id }: ManifestDocument, asked: Asked, call: Call, next: AskedStep) {
  call.facts.put(DOCUMENT_ID, id);
  announce('persisted.document', { result: 'found' });
  return next(asked, call);
}

function refuse(code: Parameters<typeof persistedRefusal>[0], result: 'unknown' | 'refused') {
  announce('persisted.document', { result });
  return refused([persistedRefusal(code)]);
}
