import type { HeaderRule } from '../../options';
import type { Connectors } from '../connector';
import { headerUses } from '../reads';

/** Something that works otherwise than it looks, and what to write. */
export interface AdapterHint {
  readonly code: 'HEADER_NOT_ALLOWED';
  readonly message: string;
}

/** Tells of headers of clients that an adapter asks for and that no header rule of its subgraph lets through: it never gets them. */
export function headerHints(connectors: Connectors, rules: readonly HeaderRule[]): readonly AdapterHint[] {
  const places = new Map<string, string[]>();
  for (const { header, coordinate } of headerUses(connectors)) {
    if (header === null || rules.some((rule) => gives(rule, header))) continue;
    places.set(header, [...(places.get(header) ?? []), coordinate]);
  }
  return [...places].map(([header, coordinates]) => ({
    code: 'HEADER_NOT_ALLOWED',
    message: `the adapter of ${connectors.subgraph} asks for the client's header ${header} (${shown(coordinates)}) and does not get it: no header rule lets it through; an operator can, in headgate.yaml under headers.subgraphs.${connectors.subgraph}.request: [ { propagate: { named: ${header} } } ]`,
  }));
}

function gives(rule: HeaderRule, header: string): boolean {
  if (rule.kind === 'propagate') return (rule.rename ?? rule.named).toLowerCase() === header;
  return rule.kind === 'propagate-matching' && rule.matching.test(header);
}

function shown([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
