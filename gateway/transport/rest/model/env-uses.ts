import type { EnvUse } from '../connector';
import { sourceFor } from './assemble';
import { positionInString } from './position';
import type { ConnectDirective, SourceDirective } from './read-directives';
import type { LocatedMapping, Site } from './site';

/** Every `$env.NAME` of connectors and of the sources that they use. */
export function envUses(
  connects: readonly ConnectDirective[],
  sources: ReadonlyMap<string, SourceDirective>,
): readonly EnvUse[] {
  const ofSources = [...sources.values()].flatMap(({ name, http, site }) => usesIn(http.mappings, name, site));
  const ofConnects = connects.flatMap((connect) =>
    usesIn(connect.http?.mappings ?? [], sourceFor(connect, sources)?.name ?? '', connect.site),
  );
  return [...ofSources, ...ofConnects];
}

function usesIn(mappings: readonly LocatedMapping[], source: string, { coordinate }: Site): readonly EnvUse[] {
  return mappings.flatMap(({ mapping, node, start }) =>
    mapping.references.flatMap(({ variable, keys: [name], offset }) =>
      variable !== '$env' || name === undefined
        ? []
        : [{ source, name, coordinate, ...positionInString(node, start + offset) }],
    ),
  );
}
