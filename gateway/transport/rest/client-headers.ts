import type { Flight, Reads } from '../../flight';
import { expressionReads } from '../header-expressions';
import { compileRequestHeaders } from '../headers';
import type { HeaderRule, SubgraphOptions } from '../options';
import { allReads, NO_READS } from '../reads';
import { type HeaderUse, readsOfUses } from './reads';

/** What an adapter sees of the headers of clients: `from`, and `$request.headers`. */
export interface ClientHeaders {
  readonly reads: Reads;
  /** Lower-case names. */
  readonly of: (flight: Flight) => Flight['headers'];
}

const NONE: ClientHeaders = { reads: NO_READS, of: () => ({}) };

/**
 * Lets an adapter see of the client's headers what the header rules of its subgraph let through: an SDL, which others may publish, takes no
 * more. Values that the rules themselves give are not among them: a mapping could show them to clients.
 * @param uses what the adapter asks for
 * @throws {HeadgateError} CONFIG_INVALID, EXPRESSION_INVALID for rules that cannot work
 */
export function ruledClientHeaders(options: SubgraphOptions, uses: readonly HeaderUse[]): ClientHeaders {
  const requestHeaders = options.requestHeaders.map(lettingThrough);
  if (uses.length === 0 || !requestHeaders.some(({ kind }) => kind.startsWith('propagate'))) return NONE;
  const headersFor = compileRequestHeaders(requestHeaders, options.name);
  const names = requestHeaders.flatMap((rule) => (rule.kind === 'propagate' ? [rule.named.toLowerCase()] : []));
  const matching = requestHeaders.flatMap((rule) => (rule.kind === 'propagate-matching' ? [rule.matching] : []));
  return {
    reads: allReads([
      { ...NO_READS, headers: names, matching },
      ...expressionReads({ ...options, requestHeaders, responseHeaders: [] }),
    ]),
    of: ({ headers, facts }) => headersFor(headers, facts),
  };
}

/** All that the client says, for whoever runs an adapter of their own. */
export function allClientHeaders(uses: readonly HeaderUse[]): ClientHeaders {
  return uses.length === 0 ? NONE : { reads: readsOfUses(uses), of: ({ headers }) => headers };
}

/** The rule as far as it is about what clients say. */
function lettingThrough(rule: HeaderRule): HeaderRule {
  if (rule.kind === 'propagate') return rule.default === null ? rule : { ...rule, default: null };
  if (rule.kind !== 'insert') return rule;
  const { name: named, when } = rule;
  return { kind: 'remove', named, ...(when !== undefined && { when }) };
}
