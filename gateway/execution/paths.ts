export type PathElement = string | number;
/** A response path, as in the `path` of a GraphQL error. */
export type Path = readonly PathElement[];

export interface FlattenElement {
  readonly key: string;
  /** List levels below the key. */
  readonly lists: number;
  /** The key is followed only on objects of these types; null follows it on all. */
  readonly types: readonly string[] | null;
}

function flattenElement(text: string): FlattenElement {
  const [key = '', types] = text.split('|');
  if (types === undefined) return { key, lists: 0, types: null };
  return { key, lists: 0, types: types.replace(/^\[|\]$/g, '').split(',') };
}

/** A plan's flatten path (`['users', '@', 'reviews|[A,B]', '@']`) with its list markers folded into the keys. */
export function readFlattenPath(path: readonly string[]): FlattenElement[] {
  const elements: FlattenElement[] = [];
  for (const text of path) {
    const last = elements.at(-1);
    if (text === '@' && last !== undefined) elements[elements.length - 1] = { ...last, lists: last.lists + 1 };
    else if (text !== '@') elements.push(flattenElement(text));
  }
  return elements;
}
