/** Of the interface Item: the types are in subgraph 0, and other subgraphs have it as an interface object. */
export interface Items {
  /** Subgraphs that have the interface object. */
  readonly owners: readonly number[];
  /** `two`: some owners know another key than others. */
  readonly keys: 'id' | 'two';
  /** Whether owners have requirements, of each other, too; otherwise one that is the only one has. */
  readonly areDemanding: boolean;
}

/** Subgraph with the types. */
export const ITEMS_HOME = 0;

export function isOwner(items: Items | null, subgraph: number): boolean {
  return items?.owners.includes(subgraph) ?? false;
}

function keyIn({ keys }: Items, subgraph: number): string {
  return keys === 'two' && subgraph % 2 === 1 ? 'code: String!' : 'id: ID!';
}

/** The owner whose field another one requires. */
function neighbour({ owners, areDemanding }: Items, owner: number): number | undefined {
  return areDemanding ? owners[owners.indexOf(owner) - 1] : undefined;
}

function haveRequirements({ owners, areDemanding }: Items): boolean {
  return areDemanding || owners.length === 1;
}

function ownFields(items: Items, owner: number): string[] {
  const before = neighbour(items, owner);
  return [
    `i1_${owner}(n: Int = 1): String`,
    ...(haveRequirements(items) ? [`i2_${owner}: String @requires(fields: "i0")`] : []),
    `i3_${owner}: Item`,
    ...(before === undefined ? [] : [`i4_${owner}: String @requires(fields: "i0 i1_${before}(n: 2)")`]),
    ...(items.owners.length === 1 ? [] : ['i5: Int @shareable']),
  ];
}

/** Fields of an item that clients see. */
export function itemFields(items: Items): string[] {
  const own = items.owners.flatMap((owner) => ownFields(items, owner));
  return [...new Set(['i0: String', ...own.map((text) => text.replace(/ @.*/, ''))])];
}

/** Keys of an item that clients see. */
export function itemKeys({ keys }: Items): string {
  return keys === 'two' ? 'id: ID! code: String!' : 'id: ID!';
}

/** Items as one subgraph has them: an interface where the types are, an object where they are not. */
export function itemSdl(items: Items | null, subgraph: number): string[] {
  if (items === null) return [];
  if (subgraph === ITEMS_HOME) {
    const keys = items.keys === 'two' ? '@key(fields: "id") @key(fields: "code")' : '@key(fields: "id")';
    return [`interface Item ${keys} { ${itemKeys(items)} i0: String }`];
  }
  if (!isOwner(items, subgraph)) return [];
  const key = keyIn(items, subgraph);
  const before = neighbour(items, subgraph);
  const external = haveRequirements(items) ? ' i0: String @external' : '';
  const required = before === undefined ? '' : ` i1_${before}(n: Int = 1): String @external`;
  return [
    `type Item @interfaceObject @key(fields: "${key.replace(/:.*/, '')}") {
    ${key}${external}${required} ${ownFields(items, subgraph).join(' ')}
  }`,
  ];
}

/** What an item's field requires, evaluated. @param value that of a field with its arguments */
export function itemRequirement(
  items: Items,
  field: string,
  value: (field: string, args: Readonly<Record<string, unknown>>) => unknown,
): unknown[] | null {
  const owner = Number(field.slice(-1));
  if (field.startsWith('i2_')) return [value('i0', {})];
  if (field.startsWith('i4_')) return [value('i0', {}), value(`i1_${neighbour(items, owner)}`, { n: 2 })];
  return null;
}
