import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { argumentBytes, definitionBytes, directiveBytes } from './written-bytes';

/** Counts of an operation with every fragment spread written out. Counts saturate at {@link SATURATED}. */
export interface OperationCounts {
  readonly selections: number;
  /** Of its text in UTF-8, white space left out. */
  readonly bytes: number;
  readonly aliases: number;
  /** Levels of fields. */
  readonly depth: number;
  readonly rootFields: number;
  /** Lists asked of the schema: each multiplies what an introspection costs. */
  readonly introspectionLists: number;
}

export const SATURATED = 2 ** 31;

/** While counting, also what would be lists if it stood in an introspection. */
interface Counts extends OperationCounts {
  readonly lists: number;
}

const NOTHING: Counts = {
  selections: 0,
  bytes: 0,
  aliases: 0,
  depth: 0,
  rootFields: 0,
  lists: 0,
  introspectionLists: 0,
};

const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);
const INTROSPECTION_LISTS: ReadonlySet<string> = new Set([
  'args',
  'directives',
  'enumValues',
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
  'types',
]);

function add(a: Counts, b: Counts): Counts {
  return {
    selections: Math.min(SATURATED, a.selections + b.selections),
    bytes: Math.min(SATURATED, a.bytes + b.bytes),
    aliases: Math.min(SATURATED, a.aliases + b.aliases),
    depth: Math.max(a.depth, b.depth),
    rootFields: Math.min(SATURATED, a.rootFields + b.rootFields),
    lists: Math.min(SATURATED, a.lists + b.lists),
    introspectionLists: Math.min(SATURATED, a.introspectionLists + b.introspectionLists),
  };
}

function withBytes(counts: Counts, bytes: number): Counts {
  return bytes === 0 ? counts : { ...counts, bytes: Math.min(SATURATED, counts.bytes + bytes) };
}

/**
 * Counts of the largest operation of a document that is parsed but not validated. Each fragment is looked at once,
 * however often it is spread, so doubling fragments cost nothing; cycles, which validation refuses, count as nothing.
 */
export function countOperations(document: DocumentNode): OperationCounts {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const counted = new Map<string, Counts>();

  function countFragment(name: string): Counts {
    const known = counted.get(name);
    if (known !== undefined) return known;
    counted.set(name, NOTHING);
    const fragment = fragments.get(name);
    const counts = fragment === undefined ? NOTHING : count(fragment.selectionSet);
    counted.set(name, counts);
    return counts;
  }

  function count(set: SelectionSetNode): Counts {
    let total = NOTHING;
    for (const selection of set.selections) {
      total = withBytes(total, directiveBytes(selection));
      if (selection.kind === Kind.FRAGMENT_SPREAD) total = add(total, countFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        total = withBytes(add(total, count(selection.selectionSet)), selection.typeCondition?.name.value.length ?? 0);
      else {
        const below = selection.selectionSet === undefined ? NOTHING : count(selection.selectionSet);
        const name = selection.name.value;
        total = add(total, {
          selections: 1 + below.selections,
          bytes: below.bytes + name.length + (selection.alias?.value.length ?? 0) + argumentBytes(selection),
          aliases: below.aliases + (selection.alias === undefined ? 0 : 1),
          depth: 1 + below.depth,
          rootFields: 1,
          lists: below.lists + (INTROSPECTION_LISTS.has(name) ? 1 : 0),
          introspectionLists: INTROSPECTION.has(name) ? below.lists : below.introspectionLists,
        });
      }
    }
    return total;
  }

  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const counts = operations.map((one) => withBytes(count(one.selectionSet), definitionBytes(one)));
  const largest = (key: keyof OperationCounts) => counts.reduce((most, one) => Math.max(most, one[key]), 0);
  return {
    selections: largest('selections'),
    bytes: largest('bytes'),
    aliases: largest('aliases'),
    depth: largest('depth'),
    rootFields: largest('rootFields'),
    introspectionLists: largest('introspectionLists'),
  };
}
