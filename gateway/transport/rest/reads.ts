import type { Reads } from '../../flight';
import { ANY_NAME, allReads, NO_READS } from '../reads';
import type { Connector, Connectors } from './connector';
import type { Mapping } from './mapping/mapping';
import type { ConnectHeader } from './request/build-headers';
import type { UrlStage } from './request/build-path';

/** Declares the client's headers that connectors read: those taken over by `from`, and those that mappings name. */
export function readsOfConnectors({ fields, entities }: Connectors): Reads {
  const ofEntities = [...entities.values()].flat().map(({ connector }) => connector);
  return allReads([...fields.values(), ...ofEntities].map(readsOf));
}

function readsOf(connector: Connector): Reads {
  const rules = [...connector.sourceHeaders, ...connector.headers];
  const from = rules.flatMap((rule) => ('from' in rule ? [rule.from.toLowerCase()] : []));
  return allReads([{ ...NO_READS, headers: from }, ...mappingsOf(connector, rules).flatMap(readsOfMapping)]);
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
function readsOfMapping({ references }: Mapping): readonly Reads[] {
  return references
    .filter(({ variable }) => variable === '$request')
    .map(({ keys: [part, name] }) =>
      part === 'headers' && name !== undefined
        ? { ...NO_READS, headers: [name] }
        : { ...NO_READS, matching: [ANY_NAME] },
    );
}
