import type { Reads } from '../../flight';
import { ANY_NAME, allReads, NO_READS } from '../reads';
import type { Connector, Connectors } from './connector';
import type { Mapping } from './mapping/mapping';
import type { ConnectHeader } from './request/build-headers';
import type { UrlStage } from './request/build-path';

/** A place of an adapter that takes something of the client's headers. */
export interface HeaderUse {
  /** Lower-case name; null: whatever there is. */
  readonly header: string | null;
  /** `inventory:Query.user@connect[0]`. */
  readonly coordinate: string;
}

type Parts = Pick<Connectors, 'fields' | 'others' | 'entities'>;

/** All connectors, each once. */
export function connectorsOf({ fields, others, entities }: Parts): readonly Connector[] {
  const ofEntities = [...entities.values()].flat().map(({ connector }) => connector);
  return [...new Set([...fields.values(), ...[...others.values()].flat(), ...ofEntities])];
}

/** Whether a mapping of a connector reads a variable. */
export function readsVariable(connector: Connector, name: string): boolean {
  const rules = [...connector.sourceHeaders, ...connector.headers];
  return mappingsOf(connector, rules).some(({ references }) => references.some(({ variable }) => variable === name));
}

/** The client's headers that connectors ask for: those taken over by `from`, and those that mappings name. */
export function headerUses(connectors: Parts): readonly HeaderUse[] {
  return connectorsOf(connectors).flatMap((connector) =>
    headersOf(connector).map((header) => ({ header, coordinate: connector.coordinate })),
  );
}

/** What they read where nothing stands between them and the client. */
export function readsOfUses(uses: readonly HeaderUse[]): Reads {
  return allReads(
    uses.map(({ header }) =>
      header === null ? { ...NO_READS, matching: [ANY_NAME] } : { ...NO_READS, headers: [header] },
    ),
  );
}

function headersOf(connector: Connector): readonly HeaderUse['header'][] {
  const rules = [...connector.sourceHeaders, ...connector.headers];
  const from = rules.flatMap((rule) => ('from' in rule ? [rule.from.toLowerCase()] : []));
  return [...new Set([...from, ...mappingsOf(connector, rules).flatMap(headersOfMapping)])];
}

function mappingsOf(connector: Connector, rules: readonly ConnectHeader[]): readonly Mapping[] {
  const { url, body, selection, isSuccess, errorMessage, errorExtensions } = connector;
  const inHeaders = rules.flatMap((rule) => ('from' in rule ? [] : rule.value));
  const templates = inHeaders.flatMap((part) => (part.kind === 'text' ? [] : [part.mapping]));
  const all = [...url.flatMap(inUrl), ...templates, body, selection, isSuccess, errorMessage, ...errorExtensions];
  return all.filter((mapping) => mapping !== null);
}

function inUrl({ template, path, queryParams }: UrlStage): readonly (Mapping | null)[] {
  const pairs = template.query.flatMap(({ name, value }) => [...name, ...(value ?? [])]);
  const parts = [...template.segments.flat(), ...pairs];
  return [...parts.flatMap((part) => (typeof part === 'string' ? [] : [part.mapping])), path, queryParams];
}

/** `$request.headers.name` reads one; whatever else is done with `$request` may read any. */
function headersOfMapping({ references }: Mapping): readonly HeaderUse['header'][] {
  return references
    .filter(({ variable }) => variable === '$request')
    .map(({ keys: [part, name] }) => (part === 'headers' && name !== undefined ? name : null));
}
