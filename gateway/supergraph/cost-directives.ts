import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeNode,
} from 'graphql';
import type { Supergraph } from './supergraph';

/** What `@listSize` says of a field. */
export interface ListSize {
  readonly assumedSize: number | null;
  /** Dotted paths into input objects. */
  readonly slicingArguments: readonly string[];
  /** Paths of field names below the field; empty: the size is that of the field itself. */
  readonly sizedFields: readonly (readonly string[])[];
  readonly requireOneSlicingArgument: boolean;
}

/** The type of a field, its lists taken off. */
export interface ListedType {
  readonly name: string;
  /** Levels of lists around it. */
  readonly lists: number;
}

/** What a supergraph says of costs; can be sent between threads. Keys are coordinates: `Type`, `Type.field`, `Type.field(argument)`. */
export interface CostDirectives {
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
  /** Types of fields that plans ask for and clients do not see. */
  readonly hiddenFields: ReadonlyMap<string, ListedType>;
}

const COST_SPEC = /^https:\/\/specs\.apollo\.dev\/cost(\/v[\d.]+)?\/?$/;

interface DirectiveNames {
  readonly cost: string;
  readonly listSize: string;
}

function argumentOf({ arguments: given = [] }: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return given.find((one: ConstArgumentNode) => one.name.value === name)?.value;
}

function textIn(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function intIn(value: ConstValueNode | undefined): number | null {
  return value?.kind === Kind.INT ? Number(value.value) : null;
}

function textsIn(value: ConstValueNode | undefined): readonly string[] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((one) => textIn(one) ?? []);
}

/** Names by which the link to the cost spec, whatever directive links it, imports its directives; null when nothing does. */
function directiveNames(document: DocumentNode): DirectiveNames | null {
  const links = document.definitions.flatMap((one) =>
    one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION ? (one.directives ?? []) : [],
  );
  const link = links.find((one) =>
    COST_SPEC.test(textIn(argumentOf(one, 'url')) ?? textIn(argumentOf(one, 'feature')) ?? ''),
  );
  if (link === undefined) return null;
  const namespace = textIn(argumentOf(link, 'as')) ?? 'cost';
  const imported = importsOf(argumentOf(link, 'import'));
  return {
    // The directive that is called as its spec has the name of the namespace.
    cost: imported.get('@cost') ?? namespace,
    listSize: imported.get('@listSize') ?? `${namespace}__listSize`,
  };
}

function importsOf(value: ConstValueNode | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const one of value?.kind === Kind.LIST ? value.values : []) {
    const plain = textIn(one);
    if (plain !== undefined) names.set(plain, plain.slice(1));
    if (one.kind !== Kind.OBJECT) continue;
    const member = (key: string) => textIn(one.fields.find(({ name }) => name.value === key)?.value);
    const name = member('name');
    if (name !== undefined) names.set(name, (member('as') ?? name).slice(1));
  }
  return names;
}

function listedType(type: TypeNode): ListedType {
  if (type.kind === Kind.NAMED_TYPE) return { name: type.name.value, lists: 0 };
  const { name, lists } = listedType(type.type);
  return { name, lists: lists + (type.kind === Kind.LIST_TYPE ? 1 : 0) };
}

/** `page`, or `results { page }`. */
function sizedPath(text: string): readonly string[] {
  return text.split(/[\s{}]+/).filter((name) => name !== '');
}

/**
 * Reads what directives say of costs, by the names that the supergraph gives them. Not for the thread that answers clients.
 * @param isSeen whether clients see a field
 */
export function readCostDirectives(
  document: DocumentNode,
  isSeen: (type: string, field: string) => boolean,
): CostDirectives {
  const names = directiveNames(document);
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const hiddenFields = new Map<string, ListedType>();
  const addWeight = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    const directive = directives.find(({ name }) => name.value === names?.cost);
    const weight = directive === undefined ? null : intIn(argumentOf(directive, 'weight'));
    if (weight !== null) weights.set(coordinate, weight);
  };
  const addField = (type: string, { name, type: of, directives, arguments: taken = [] }: FieldDefinitionNode) => {
    const coordinate = `${type}.${name.value}`;
    addWeight(coordinate, directives);
    for (const one of taken) addWeight(`${coordinate}(${one.name.value})`, one.directives);
    const directive = directives?.find((one) => one.name.value === names?.listSize);
    if (directive !== undefined) listSizes.set(coordinate, listSizeOf(directive));
    if (!isSeen(type, name.value)) hiddenFields.set(coordinate, listedType(of));
  };
  for (const one of document.definitions) {
    if (!('name' in one) || one.name === undefined || !('directives' in one)) continue;
    const type = one.name.value;
    if (one.kind !== Kind.OPERATION_DEFINITION && one.kind !== Kind.FRAGMENT_DEFINITION)
      addWeight(type, one.directives);
    if (one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.INTERFACE_TYPE_DEFINITION)
      for (const field of one.fields ?? []) addField(type, field);
    if (one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) for (const field of one.fields ?? []) addInput(type, field);
  }
  return { weights, listSizes, hiddenFields };

  function addInput(type: string, { name, directives }: InputValueDefinitionNode): void {
    addWeight(`${type}.${name.value}`, directives);
  }
}

function listSizeOf(directive: ConstDirectiveNode): ListSize {
  const requires = argumentOf(directive, 'requireOneSlicingArgument');
  return {
    assumedSize: intIn(argumentOf(directive, 'assumedSize')),
    slicingArguments: textsIn(argumentOf(directive, 'slicingArguments')),
    sizedFields: textsIn(argumentOf(directive, 'sizedFields')).map(sizedPath),
    requireOneSlicingArgument: requires?.kind === Kind.BOOLEAN ? requires.value : true,
  };
}

const NONE: CostDirectives = { weights: new Map(), listSizes: new Map(), hiddenFields: new Map() };
const known = new WeakMap<Supergraph, CostDirectives>();

/** Keeps what a supergraph says of costs. To be called once for each, before anybody asks for it. */
export function keepCostDirectives(supergraph: Supergraph, directives: CostDirectives): void {
  known.set(supergraph, directives);
}

export function costDirectivesOf(supergraph: Supergraph): CostDirectives {
  return known.get(supergraph) ?? NONE;
}
