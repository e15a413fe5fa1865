export const PLAIN_KINDS = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'null',
  'timestamp',
  'duration',
  'type',
  'dyn',
] as const;

/** A kind of value that has no parts. */
export type PlainKind = (typeof PLAIN_KINDS)[number];

/** The type of an expression, as the checker knows it. `dyn` is anything, and is looked at when a request comes. */
export type Type = PlainType | ListType | MapType | ObjectType | OptionalType | TypeParameter;

export interface PlainType {
  readonly kind: PlainKind;
}

export interface ListType {
  readonly kind: 'list';
  readonly element: Type;
}

export interface MapType {
  readonly kind: 'map';
  readonly key: Type;
  readonly value: Type;
  /** Keys are in lower case, and whatever they are asked for by is put into lower case first: names of headers. */
  readonly lowerCase?: true;
}

/** A thing with fields that are known: any other field is refused when the expression is compiled. */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: Readonly<Record<string, Type>>;
}

export interface OptionalType {
  readonly kind: 'optional';
  readonly of: Type;
}

/** Stands for a type in the declaration of a function, and for one that the checker has yet to find out. */
export interface TypeParameter {
  readonly kind: 'parameter';
  readonly name: string;
}

export const BOOL: PlainType = { kind: 'bool' };
export const INT: PlainType = { kind: 'int' };
export const UINT: PlainType = { kind: 'uint' };
export const DOUBLE: PlainType = { kind: 'double' };
export const STRING: PlainType = { kind: 'string' };
export const BYTES: PlainType = { kind: 'bytes' };
export const NULL: PlainType = { kind: 'null' };
export const TIMESTAMP: PlainType = { kind: 'timestamp' };
export const DURATION: PlainType = { kind: 'duration' };
export const TYPE: PlainType = { kind: 'type' };
export const DYN: PlainType = { kind: 'dyn' };

export function listOf(element: Type): ListType {
  return { kind: 'list', element };
}

export function mapOf(key: Type, value: Type): MapType {
  return { kind: 'map', key, value };
}

/** A map of headers: by names in any case. */
export function headersOf(value: Type): MapType {
  return { kind: 'map', key: STRING, value, lowerCase: true };
}

export function objectOf(name: string, fields: Readonly<Record<string, Type>>): ObjectType {
  return { kind: 'object', name, fields };
}

export function optionalOf(of: Type): OptionalType {
  return { kind: 'optional', of };
}

export function parameter(name: string): TypeParameter {
  return { kind: 'parameter', name };
}

/** Whether keys of a map, or of an optional one, are looked up in lower case. */
export function hasLowerCaseKeys(type: Type | undefined): boolean {
  if (type?.kind === 'optional') return hasLowerCaseKeys(type.of);
  return type?.kind === 'map' && type.lowerCase === true;
}

/** The type as people write it: `list(string)`, `map(string, dyn)`, the name of an object. */
export function printType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${printType(type.element)})`;
    case 'map':
      return `map(${printType(type.key)}, ${printType(type.value)})`;
    case 'optional':
      return `optional(${printType(type.of)})`;
    case 'object':
      return type.name;
    case 'parameter':
      return 'dyn';
    default:
      return type.kind;
  }
}
