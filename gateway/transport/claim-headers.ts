import type { FetchLayer } from './fetch';
import { isHeaderValue } from './header-names';
import type { ClaimHeader } from './options';

/**
 * Tells the subgraph claims of whoever asks, in headers that say nothing else: what header rules and plugins put there is replaced, and
 * so is a name that some servers take for the same (`x_user` for `x-user`). Empty: there is no such claim, or nobody is known.
 */
export function claimHeaders(claims: readonly ClaimHeader[]): FetchLayer {
  const ours = new Set(claims.map(({ header }) => header.replaceAll('_', '-')));
  return {
    name: 'claims',
    wrap: (next) => (request, flight) => {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers))
        if (!ours.has(name.toLowerCase().replaceAll('_', '-'))) headers[name] = value;
      for (const { header, fact } of claims) headers[header] = headerText(flight.facts.get(fact));
      return next(request.withHeaders(headers), flight);
    },
  };
}

/** A text as it is, anything else as JSON. What no header can carry is as if it were not there. */
function headerText(claim: unknown): string {
  if (claim === undefined || claim === null) return '';
  const text = typeof claim === 'string' ? claim.trim() : asciiJson(claim);
  return isHeaderValue(text) ? text : '';
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
