import { type Answer, isJsonType, isTextType, type Operation } from './operations';
import { NotDrafted } from './output-types';

/** What the answer of an operation is made of when it went well. */
export type AnswerForm =
  | { readonly kind: 'json'; readonly schema: unknown }
  | { readonly kind: 'text' }
  /** There is no body: that it went well is all there is to say. */
  | { readonly kind: 'nothing' };

/** @throws {NotDrafted} with the reason why GraphQL cannot have it */
export function answerOf({ answers, method }: Operation): AnswerForm {
  const good = answers
    .filter(({ status }) => /^2(\d\d|XX)$/i.test(status))
    .sort((a, b) => (a.status < b.status ? -1 : 1));
  const candidates = good.length > 0 ? good : answers.filter(({ status }) => status === 'default');
  if (candidates.length === 0) {
    // A document that tells of failures only: what comes otherwise is anything.
    if (answers.every(({ status }) => /^[45]/.test(status))) return { kind: 'json', schema: {} };
    throw new NotDrafted(`answers ${answers.map(({ status }) => status).join(', ')} and never with success`);
  }
  for (const { content } of candidates) {
    const type = [...content.keys()].find(isJsonType);
    if (type !== undefined) return { kind: 'json', schema: content.get(type) ?? {} };
  }
  if (candidates.some(({ content }) => [...content.keys()].some(isTextType))) return { kind: 'text' };
  if (candidates.some(isEmpty)) return { kind: 'nothing' };
  const types = candidates.flatMap(({ content }) => [...content.keys()]);
  throw new NotDrafted(`answers ${[...new Set(types)].join(', ')}${method === 'GET' ? '' : ' only'}, which is no JSON`);
}

function isEmpty({ content }: Answer): boolean {
  return content.size === 0;
}
