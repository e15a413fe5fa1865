import { isObjectType } from 'graphql';
import { methodSince } from '../mapping/methods/methods';
import { keyPaths, uses } from '../model/entity-keys';
import type { Problems } from '../model/problems';
import type { ConnectDirective, SourceDirective } from '../model/read-directives';
import type { LocatedMapping, Site } from '../model/site';
import type { SubgraphDocument } from '../model/subgraph-document';
import type { Place } from './check-variables';

/** Warns of what works in a connector, and seldom as it was meant. */
export function hintsOfConnect(connect: ConnectDirective, place: Place, document: SubgraphDocument): void {
  const { site, http, selection, isSuccess, errorMessage, errorExtensions } = connect;
  warnOfKey(connect, place, document);
  for (const mapping of [...(http?.mappings ?? []), selection, isSuccess, errorMessage, errorExtensions])
    if (mapping !== null) hintsOfMapping(mapping, site);
}

/** A source that no connector names. */
export function hintsOfSources(
  sources: ReadonlyMap<string, SourceDirective>,
  connects: readonly ConnectDirective[],
  problems: Problems,
): void {
  const used = new Set(connects.map(({ source }) => source?.name));
  for (const { name, site, node, http, isSuccess, errorMessage, errorExtensions } of sources.values()) {
    for (const mapping of [...http.mappings, isSuccess, errorMessage, errorExtensions])
      if (mapping !== null) hintsOfMapping(mapping, site);
    if (used.has(name) || problems.found.length > 0) continue;
    site.warn('SOURCE_UNUSED', `no @connect uses the source: write \`source: "${name}"\` in one, or take it out`, node);
  }
}

/** Without `@key` other subgraphs cannot refer to the type, and composition says something else of it. */
function warnOfKey(
  connect: ConnectDirective,
  { field, parent }: Place,
  { keys, keyDirective }: SubgraphDocument,
): void {
  if (field !== undefined || !isObjectType(parent) || (keys.get(parent.name)?.length ?? 0) > 0) return;
  const paths = keyPaths(connect, uses(connect, '$batch') ? '$batch' : '$this');
  const fields = fieldSet(paths) || 'id';
  const message = `@connect on a type without @key: no other subgraph can refer to a ${parent.name}; write \`type ${parent.name} @${keyDirective}(fields: "${fields}")\``;
  connect.site.warn('KEY_MISSING', message, connect.application.node);
}

/** `[['id'], ['store', 'id']]` as `id store { id }`. */
function fieldSet(paths: readonly (readonly string[])[]): string {
  const byName = new Map<string, (readonly string[])[]>();
  for (const [name = '', ...more] of paths) byName.set(name, [...(byName.get(name) ?? []), more]);
  const parts = [...byName].map(([name, inner]) => {
    const deeper = fieldSet(inner.filter(({ length }) => length > 0));
    return deeper === '' ? name : `${name} { ${deeper} }`;
  });
  return parts.join(' ');
}

function hintsOfMapping({ mapping, node, start }: LocatedMapping, site: Site): void {
  for (const { name, offset } of mapping.laterMethods) {
    const message = `\`->${name}\` is newer than connect ${site.version}: it works here, and not wherever ${site.version} does; ${methodSince(name) ?? ''} has it`;
    site.warnInside('LATER_METHOD', message, node, start + offset);
  }
  for (const { text, isQuoted, offset } of mapping.nameLiterals) {
    const property = isQuoted ? `$.${text}` : `$."${text}"`;
    const message = `in connect ${site.version} this reads a property named ${text}: for the value write \`$(${text})\`, for the property \`${property}\``;
    site.warnInside('LITERAL_IS_NAME', message, node, start + offset);
  }
}
