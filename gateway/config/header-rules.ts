import type { HeaderRule, ResponseHeaderRule } from '../transport/options';
import type { HeaderRules, RequestRule, ResponseRule } from './sections/headers';

/** The rules of all subgraphs, then those of this one, so that the nearer has the last word. */
export function requestHeaders(all: HeaderRules, own: HeaderRules | undefined): readonly HeaderRule[] {
  return [...all.request, ...(own?.request ?? [])].map(headerRule);
}

export function responseHeaders(all: HeaderRules, own: HeaderRules | undefined): readonly ResponseHeaderRule[] {
  return [...all.response, ...(own?.response ?? [])].map(responseRule);
}

function headerRule({ when, propagate, insert, remove }: RequestRule): HeaderRule {
  const condition = when === undefined ? {} : { when };
  if (insert !== undefined) return { kind: 'insert', ...insert, ...condition };
  if (remove?.named !== undefined) return { kind: 'remove', named: remove.named, ...condition };
  if (remove?.matching !== undefined)
    return { kind: 'remove-matching', matching: pattern(remove.matching), ...condition };
  if (propagate?.matching !== undefined)
    return { kind: 'propagate-matching', matching: pattern(propagate.matching), ...condition };
  if (propagate?.named === undefined) throw new Error('the schema lets no rule without an action through');
  const { named, rename = null, default: fallback = null } = propagate;
  return { kind: 'propagate', named, rename, default: fallback, ...condition };
}

function responseRule({ when, propagate, insert }: ResponseRule): ResponseHeaderRule {
  const condition = when === undefined ? {} : { when };
  if (propagate !== undefined) return { ...propagate, ...condition };
  if (insert === undefined) throw new Error('the schema lets no rule without an action through');
  const { name, ...made } = insert;
  return { insert: name, ...made, ...condition };
}

/** Header names know no case. */
function pattern(text: string): RegExp {
  return new RegExp(text, 'i');
}
