/** A type that a draft uses, with its lists and whether it may be null. */
export interface TypeUse {
  /** Null while it is that of `target`. */
  readonly name: string;
  /** How many lists are around it. */
  readonly lists: number;
  readonly required: boolean;
  /** No item of the innermost list may be null. */
  readonly itemsRequired?: boolean;
}

/** A field of an object type that is drafted. Changes while types that refer to each other are taken apart. */
export interface ObjectField {
  name: string;
  /** Name in the answers of the service. */
  readonly wire: string;
  readonly description: string | null;
  use: TypeUse;
  /** What it leads to; null for a leaf. */
  target: ObjectType | null;
  /** Only the key of the target is taken from here; the rest is looked up. */
  keyOnly: boolean;
}

export interface ObjectType {
  /** As it is drafted; overrides speak of it by this name. */
  readonly draftName: string;
  name: string;
  readonly description: string | null;
  readonly fields: ObjectField[];
  /** It is one of several types, and has no fields of its own; null: it is an object. */
  union: Union | null;
  /** Name of the field that tells its objects apart; null when nothing does. */
  key: string | null;
  /** Somebody finds an object by its key. */
  lookedUp: boolean;
}

export interface Union {
  /** Name of the property that tells which type a value is of. */
  readonly property: string;
  readonly members: { readonly values: readonly string[]; readonly type: ObjectType }[];
}

/** The object types that a field leads to. */
export function objectsOf({ target }: ObjectField): readonly ObjectType[] {
  if (target === null) return [];
  return target.union === null ? [target] : target.union.members.map(({ type }) => type);
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly description: string | null;
  readonly values: readonly string[];
}

export interface InputField {
  readonly name: string;
  readonly wire: string;
  readonly description: string | null;
  use: TypeUse;
  readonly target: InputType | null;
}

export interface InputType {
  readonly kind: 'input';
  readonly name: string;
  readonly description: string | null;
  readonly fields: InputField[];
}

export const JSON_SCALAR = 'JSON';
export const LONG_SCALAR = 'BigInt';

/** `[Pet!]!` */
export function writeUse({ name, lists, required, itemsRequired = false }: TypeUse): string {
  const item = lists > 0 && itemsRequired ? `${name}!` : name;
  return `${'['.repeat(lists)}${item}${']'.repeat(lists)}${required ? '!' : ''}`;
}
