import type { FieldNode } from 'graphql';
import type { FetchNode, RequiredSelection } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import { placeOf, possibleTypes, selectedFields, sentTypename, withoutFields } from './entity-selection';
import type { PlacedFetch, PlaceScope } from './place-fetches';

/** Fields of an entity fetch that require the same. */
interface Group {
  readonly fields: Set<FieldNode>;
  readonly places: ReadonlySet<string>;
}

function groupsOf({ node, operation }: PlacedFetch, types: FullTypes, scope: PlaceScope): Group[] {
  const groups = new Map<string, Group>();
  const possible = [...possibleTypes(node, types)];
  for (const { node: field, typename } of selectedFields(operation.selections, scope)) {
    const paths = [...possible, typename].flatMap((one) =>
      types.requirement(node.serviceName, one, field.name.value).map(placeOf),
    );
    const places = new Set(paths.sort());
    const key = [...places].join();
    const group = groups.get(key) ?? { fields: new Set(), places };
    groups.set(key, group);
    group.fields.add(field);
  }
  return [...groups.values()];
}

/** Places of keys; where one key needs nothing that a field requires, the others are left out. */
function keyPlaces({ node }: PlacedFetch, types: FullTypes, required: ReadonlySet<string>): ReadonlySet<string> {
  const names = [...possibleTypes(node, types)];
  const ofTypes = names.map((one) => types.keys(node.serviceName, sentTypename(node, one, types)));
  return new Set(
    ofTypes.flatMap((keys) => {
      const all = keys.map((key) => key.map(placeOf));
      const plain = all.filter((key) => !key.some((place) => required.has(place)));
      return (plain.length === 0 ? all : plain).flat();
    }),
  );
}

/** What is left of a requirement with these leaves only. */
function restricted(
  selections: readonly RequiredSelection[],
  places: ReadonlySet<string>,
  above = '',
): RequiredSelection[] {
  return selections.flatMap((one): RequiredSelection[] => {
    if (one.kind === 'InlineFragment') {
      const left = restricted(one.selections, places, above);
      return left.length === 0 ? [] : [{ ...one, selections: left }];
    }
    const here = `${above}/${one.name}`;
    const { selections: below = [] } = one;
    if (below.length === 0) return one.name === '__typename' || places.has(here) ? [one] : [];
    const left = restricted(below, places, here);
    const isNeeded = left.some((inner) => inner.kind === 'InlineFragment' || inner.name !== '__typename');
    return isNeeded ? [{ ...one, selections: left }] : [];
  });
}

/** Finds what a fetch has to send for these of its fields; null: all that it sends now. */
export function requiresOnlyFor(
  fetch: PlacedFetch,
  kept: ReadonlySet<FieldNode>,
  scope: PlaceScope & { readonly types: FullTypes },
): readonly RequiredSelection[] | null {
  const groups = groupsOf(fetch, scope.types, scope);
  const needed = new Set<string>();
  let isLess = false;
  for (const { fields, places } of groups) {
    if (places.size === 0) continue;
    if ([...fields].some((field) => kept.has(field))) for (const place of places) needed.add(place);
    else isLess = true;
  }
  if (!isLess) return null;
  const keys = keyPlaces(fetch, scope.types, new Set(groups.flatMap(({ places }) => [...places])));
  return restricted(fetch.node.requires ?? [], new Set([...keys, ...needed]));
}

/**
 * An entity fetch taken apart by what its fields require, one fetch for each requirement: an object that lacks one is asked
 * for all that does not need it, without anybody having to know beforehand. Null when all require the same.
 */
export function byRequirement(fetch: PlacedFetch, types: FullTypes, scope: PlaceScope): readonly FetchNode[] | null {
  const { node } = fetch;
  const groups = groupsOf(fetch, types, scope);
  const keys = keyPlaces(fetch, types, new Set(groups.flatMap(({ places }) => [...places])));
  const all = groups.flatMap(({ fields }) => [...fields]);
  const nodes = groups.flatMap(({ fields, places }) => {
    const requires = restricted(node.requires ?? [], new Set([...keys, ...places]));
    const others = new Set(all.filter((field) => !fields.has(field)));
    return withoutFields({ ...fetch, node: { ...node, requires } }, others) ?? [];
  });
  const [only] = nodes;
  if (only === undefined) return null;
  const isSame = nodes.length === 1 && JSON.stringify(only.requires) === JSON.stringify(node.requires);
  return isSame ? null : nodes;
}
