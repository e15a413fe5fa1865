import type { IncomingHttpHeaders } from 'node:http';
import { type Fact, Facts, type FactsView } from '../facts';
import type { Reads, Sight } from '../flight';
import { keyOf } from '../key';
import { hashHeaders } from './hash-key';
import { expressionReads } from './header-expressions';
import { connectionOptions, namePattern } from './header-names';
import type { SubgraphOptions } from './options';

/** Every header. */
export const ANY_NAME = /^/;

export const NO_READS: Reads = { headers: [], matching: [], facts: [], isPrivate: false };

/** Declares what the header rules of a subgraph read, the claims that it is told, tokens that are exchanged for it, and its policies. Answers whose headers go to the client (cookies!) are private. */
export function readsOf(options: SubgraphOptions): Reads {
  const { requestHeaders, responseHeaders, claims = [], tokens = {}, pools } = options;
  const headers = new Set(hashHeaders(Object.values(pools)));
  const matching: RegExp[] = [];
  for (const rule of requestHeaders) {
    if (rule.kind === 'propagate') headers.add(rule.named.toLowerCase());
    if (rule.kind === 'propagate-matching') matching.push(rule.matching);
  }
  for (const { subject } of Object.values(tokens)) if (subject !== null) headers.add(subject.header);
  const facts = claims.map(({ fact }) => fact);
  const own = { headers: [...headers], matching, facts, isPrivate: responseHeaders.length > 0 };
  const ofExpressions = expressionReads(options);
  return ofExpressions.length === 0 ? own : allReads([own, ...ofExpressions]);
}

/** Adds declarations up. */
export function allReads(each: Iterable<Reads>): Reads {
  const all = [...each];
  return {
    headers: [...new Set(all.flatMap(({ headers }) => headers))].sort(),
    matching: all.flatMap(({ matching }) => matching),
    facts: [...new Set(all.flatMap(({ facts }) => facts))],
    isPrivate: all.some(({ isPrivate }) => isPrivate),
  };
}

type Look = (call: Pick<Sight, 'headers' | 'facts'>) => Sight;

const NO_FACTS: FactsView = new Facts();
const NOTHING: Sight = { headers: Object.freeze({}), facts: NO_FACTS, key: '' };

/**
 * Turns a declaration into the look that it allows at a call: what is declared and there, and a key that is equal for calls of
 * which all of that is equal. What a client says belongs to its connection (RFC 9110, section 7.6.1) is not there either.
 */
export function compileReads({ headers, matching, facts, isPrivate }: Reads): Look {
  const patterns = matching.map(namePattern);
  if (headers.length === 0 && patterns.length === 0 && facts.length === 0)
    return isPrivate ? () => ({ ...NOTHING, key: null }) : () => NOTHING;
  return (call) => {
    const seen = patterns.length === 0 ? named(headers, call.headers) : fitting(headers, patterns, call.headers);
    const known = facts.length === 0 ? NO_FACTS : declared(facts, call.facts);
    const key = isPrivate ? null : keyOf(...headerTexts(seen), ...facts.map((fact) => factText(fact, known)));
    return { headers: seen, facts: known, key };
  };
}

/** Each in the place that it has for every call. */
function named(names: readonly string[], headers: Readonly<IncomingHttpHeaders>): IncomingHttpHeaders {
  const ofConnection = connectionOptions(headers.connection);
  const seen: IncomingHttpHeaders = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined && ofConnection?.has(name) !== true) seen[name] = value;
  }
  return seen;
}

function fitting(
  names: readonly string[],
  patterns: readonly RegExp[],
  headers: Readonly<IncomingHttpHeaders>,
): IncomingHttpHeaders {
  const fit = Object.keys(headers).filter((name) => patterns.some((pattern) => pattern.test(name)));
  return named([...new Set([...names, ...fit])].sort(), headers);
}

function* headerTexts(headers: Readonly<IncomingHttpHeaders>): Generator<string> {
  for (const [name, value] of Object.entries(headers)) {
    yield name;
    // A list of one is not its only value.
    yield typeof value === 'string' ? `=${value}` : JSON.stringify(value);
  }
}

function declared(facts: readonly Fact<never>[], all: FactsView): FactsView {
  const seen = new Facts();
  for (const fact of facts) {
    const value = all.get(fact);
    if (value !== undefined) seen.put(fact, value);
  }
  return seen;
}

function factText(fact: Fact<never>, facts: FactsView): string | null {
  const value = facts.get(fact);
  return value === undefined ? null : fact.keyOf(value);
}
