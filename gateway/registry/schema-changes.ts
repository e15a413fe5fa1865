import { type DefinitionNode, type DocumentNode, Kind, parse, print, type TypeNode } from 'graphql';

/** One schema coordinate that two versions of a subgraph's SDL do not share. */
export interface SchemaChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** `Product`, `Product.price`, `Query.product(id:)`, `@tag`. */
  readonly coordinate: string;
}

/** Each coordinate with everything about it that matters: type, default value, directives; not its description. */
type Coordinates = Map<string, string>;

/** Lists changes between two SDLs, of which an empty one has nothing, in the order of coordinates. Descriptions, comments and order do not count. */
export function schemaChanges(fromSdl: string, toSdl: string): readonly SchemaChange[] {
  const from = coordinatesIn(fromSdl);
  const to = coordinatesIn(toSdl);
  const changes: SchemaChange[] = [];
  for (const coordinate of [...new Set([...from.keys(), ...to.keys()])].sort()) {
    const before = from.get(coordinate);
    const after = to.get(coordinate);
    if (before === after) continue;
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    changes.push({ kind, coordinate });
  }
  return changes;
}

function coordinatesIn(sdl: string): Coordinates {
  return sdl === '' ? new Map() : coordinatesOf(parse(sdl, { noLocation: true }));
}

function coordinatesOf(document: DocumentNode): Coordinates {
  const found: Coordinates = new Map();
  for (const definition of document.definitions) addDefinition(found, definition);
  return found;
}

function addDefinition(found: Coordinates, definition: DefinitionNode): void {
  switch (definition.kind) {
    case Kind.SCHEMA_DEFINITION:
    case Kind.SCHEMA_EXTENSION:
      add(found, 'schema', [...named(definition.directives), ...named(definition.operationTypes)]);
      break;
    case Kind.DIRECTIVE_DEFINITION:
      add(found, `@${definition.name.value}`, [...named(definition.arguments), ...named(definition.locations)]);
      break;
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.SCALAR_TYPE_EXTENSION:
      add(found, definition.name.value, named(definition.directives));
      break;
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION:
      add(found, definition.name.value, [...named(definition.directives), ...named(definition.types)]);
      break;
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      add(found, definition.name.value, named(definition.directives));
      addMembers(found, definition.name.value, definition.values);
      break;
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      add(found, definition.name.value, named(definition.directives));
      addMembers(found, definition.name.value, definition.fields);
      break;
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION:
      add(found, definition.name.value, [...named(definition.directives), ...named(definition.interfaces)]);
      addFields(found, definition.name.value, definition.fields);
      break;
    default:
    // Operations and fragments are no part of a schema; composition refuses them.
  }
}

type Printable = Parameters<typeof print>[0];

function named(nodes: readonly Printable[] | undefined): readonly string[] {
  return (nodes ?? []).map(print).sort();
}

/** A type and its extensions are one coordinate. */
function add(found: Coordinates, coordinate: string, parts: readonly string[]): void {
  found.set(coordinate, [found.get(coordinate) ?? '', ...parts].join(' ').trim());
}

interface Member {
  readonly name: { readonly value: string };
  readonly type?: TypeNode;
  readonly defaultValue?: Printable | undefined;
  readonly directives?: readonly Printable[] | undefined;
}

function signature({ type, defaultValue, directives }: Member): readonly string[] {
  const typed = type === undefined ? [] : [print(type)];
  const defaulted = defaultValue === undefined ? [] : [`= ${print(defaultValue)}`];
  return [...typed, ...defaulted, ...named(directives)];
}

function addMembers(found: Coordinates, type: string, members: readonly Member[] | undefined): void {
  for (const member of members ?? []) add(found, `${type}.${member.name.value}`, signature(member));
}

function addFields(
  found: Coordinates,
  type: string,
  fields: readonly (Member & { readonly arguments?: readonly Member[] | undefined })[] | undefined,
): void {
  addMembers(found, type, fields);
  for (const field of fields ?? []) {
    for (const argument of field.arguments ?? []) {
      add(found, `${type}.${field.name.value}(${argument.name.value}:)`, signature(argument));
    }
  }
}
