import {
  type ASTNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type NamedTypeNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type TypeNode,
} from 'graphql';
import { LATEST_FEDERATION } from '../known-specs';
import type { CompositionProblem } from '../supergraph';

/** A subgraph as its author wrote it. */
export interface Written {
  readonly name: string;
  readonly document: DocumentNode;
}

type TypeNodes = TypeDefinitionNode | TypeExtensionNode;

/** `Type`, `Type.field`, `Type.field(argument:)`. */
interface Coordinate {
  readonly type: string;
  readonly member?: string | undefined;
  readonly argument?: string | undefined;
}

const COORDINATE = /\b([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*)(?:\(([A-Za-z_]\w*):\))?)?/g;
const DEFAULT_VALUE = /^Invalid default value \(got: (.*)\) provided for (?:argument|input field) \S+ of type (\w+)/s;
const NO_IMPLEMENTATION = /^Interface field "(\w+)\.(\w+)" is declared in {2}but/;
const KINDS: Readonly<Record<string, string>> = {
  ObjectType: 'an object type',
  InterfaceType: 'an interface',
  UnionType: 'a union',
  EnumType: 'an enum',
  ScalarType: 'a scalar',
  InputObjectType: 'an input type',
};

function nodesOf({ document }: Written, type: string): readonly TypeNodes[] {
  return document.definitions.filter(
    (one): one is TypeNodes => (isTypeDefinitionNode(one) || isTypeExtensionNode(one)) && one.name.value === type,
  );
}

function membersOf(node: TypeNodes): readonly { readonly name: { readonly value: string } }[] {
  if ('fields' in node) return node.fields ?? [];
  return 'values' in node ? (node.values ?? []) : [];
}

function namedTypeOf(type: TypeNode): NamedTypeNode {
  return type.kind === Kind.NAMED_TYPE ? type : namedTypeOf(type.type);
}

/** The first node of a subgraph that a coordinate names; undefined when it defines none. */
function find(subgraph: Written, { type, member, argument }: Coordinate): ASTNode | undefined {
  for (const node of nodesOf(subgraph, type)) {
    if (member === undefined) return node;
    const found = membersOf(node).find(({ name }) => name.value === member) as ASTNode | undefined; // as: members are nodes
    if (found === undefined) continue;
    if (argument === undefined) return found;
    const given = found.kind === Kind.FIELD_DEFINITION ? found.arguments : undefined;
    return given?.find(({ name }) => name.value === argument) ?? found;
  }
  return undefined;
}

function listed(names: readonly string[]): string {
  return `subgraph${names.length === 1 ? '' : 's'} ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}

/** Input types and enums below a type, itself included, whatever subgraph says so. */
function inputsBelow(type: string, subgraphs: readonly Written[], found = new Set<string>()): ReadonlySet<string> {
  if (found.has(type)) return found;
  found.add(type);
  for (const node of subgraphs.flatMap((one) => nodesOf(one, type)))
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION)
      for (const field of node.fields ?? []) inputsBelow(namedTypeOf(field.type).name.value, subgraphs, found);
  return found;
}

/** Which of the names in a default value some subgraph does not define. */
function missingMembers(value: string, type: string, subgraphs: readonly Written[]): readonly string[] {
  const names = new Set(value.match(/[A-Za-z_]\w*/g));
  return [...inputsBelow(type, subgraphs)].flatMap((input) => {
    const defining = subgraphs.filter((one) => nodesOf(one, input).length > 0);
    const members = defining.flatMap((one) => nodesOf(one, input).flatMap(membersOf)).map(({ name }) => name.value);
    return [...new Set(members)].flatMap((member) => {
      const without = defining.filter((one) => find(one, { type: input, member }) === undefined);
      const isMeant = names.has(member) && without.length > 0;
      return isMeant
        ? [
            `${listed(without.map(({ name }) => name))} define${without.length === 1 ? 's' : ''} ${input} without ${member}`,
          ]
        : [];
    });
  });
}

/** Kinds of a type, when subgraphs do not agree. */
function kindsOf(type: string, subgraphs: readonly Written[]): string | null {
  const byKind = new Map<string, string[]>();
  for (const one of subgraphs)
    for (const { kind } of nodesOf(one, type).slice(0, 1)) {
      const key =
        KINDS[kind.replace(/(Definition|Extension)$/, '').replace(/Type(Definition|Extension)?$/, 'Type')] ?? kind;
      byKind.set(key, [...(byKind.get(key) ?? []), one.name]);
    }
  if (byKind.size < 2) return null;
  return `${type} is ${[...byKind].map(([kind, names]) => `${kind} in ${listed(names)}`).join(' and ')}`;
}

function implementersIn(message: string, subgraphs: readonly Written[]): string | null {
  const names = [...message.matchAll(COORDINATE)].map(([, type = '']) => type);
  const said = subgraphs.flatMap((one) =>
    names.flatMap((type) =>
      nodesOf(one, type).flatMap((node) =>
        ('interfaces' in node ? (node.interfaces ?? []) : [])
          .filter(({ name }) => names.includes(name.value))
          .map(({ name }) => `${type} implements ${name.value} in subgraph ${JSON.stringify(one.name)}`),
      ),
    ),
  );
  return said.length === 0 ? null : [...new Set(said)].join(', ');
}

/** What is wrong, as far as the composer's words leave it out; null when they say it. */
function reasonOf({ message, code }: CompositionProblem, subgraphs: readonly Written[]): string | null {
  if (code === 'UNKNOWN_FEDERATION_LINK_VERSION') return `link ${LATEST_FEDERATION} or an older version`;
  const [, value, type] = DEFAULT_VALUE.exec(message) ?? [];
  if (value !== undefined && type !== undefined) {
    const missing = missingMembers(value, type, subgraphs);
    if (missing.length > 0)
      return `an input has what all subgraphs that define it have in common, and ${missing.join('; ')}`;
  }
  if (/non-interface type/.test(message)) {
    const kinds = [...message.matchAll(COORDINATE)]
      .map(([, one = '']) => kindsOf(one, subgraphs))
      .find((one) => one !== null);
    if (kinds !== undefined) return kinds;
  }
  if (/circular reference/.test(message)) return implementersIn(message, subgraphs);
  return null;
}

/** Names the subgraphs whose `@interfaceObject` the composer passes over in silence. */
function withDeclaring(message: string, subgraphs: readonly Written[]): string {
  const [, type, member] = NO_IMPLEMENTATION.exec(message) ?? [];
  if (type === undefined || member === undefined) return message;
  const declaring = subgraphs.filter((one) => find(one, { type, member }) !== undefined).map(({ name }) => name);
  return message.replace('is declared in  but', `is declared in ${listed(declaring)} on an @interfaceObject but`);
}

/** Where the subgraphs define what a message names: of its coordinates the most exact one that anybody defines. */
function placesOf(
  message: string,
  subgraphs: readonly Written[],
): readonly Pick<CompositionProblem, 'subgraph' | 'line' | 'column'>[] {
  const coordinates = [...message.matchAll(COORDINATE)]
    .map(([, type = '', member, argument]): Coordinate => ({ type, member, argument }))
    .sort((a, b) => Object.values(b).filter(Boolean).length - Object.values(a).filter(Boolean).length);
  for (const coordinate of coordinates) {
    const places = subgraphs.flatMap((subgraph) => {
      const node = find(subgraph, coordinate);
      const token = node?.loc?.startToken;
      return node === undefined
        ? []
        : [{ subgraph: subgraph.name, line: token?.line ?? null, column: token?.column ?? null }];
    });
    if (places.length > 0) return places;
  }
  return [];
}

/** A problem as the composer words it, with the subgraphs that are concerned and the reason where it names neither. */
export function explained(problem: CompositionProblem, subgraphs: readonly Written[]): readonly CompositionProblem[] {
  const reason = reasonOf(problem, subgraphs);
  const worded = withDeclaring(problem.message, subgraphs);
  const message = reason === null ? worded : `${worded.replace(/\.$/, '')}: ${reason}`;
  const isNamed = subgraphs.some(({ name }) => problem.message.includes(JSON.stringify(name)));
  const places = problem.subgraph !== null || isNamed ? [] : placesOf(problem.message, subgraphs);
  return places.length === 0 ? [{ ...problem, message }] : places.map((place) => ({ ...problem, ...place, message }));
}
