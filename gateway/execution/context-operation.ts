import { BREAK, type FieldNode, Kind, print, type SelectionSetNode, stripIgnoredCharacters, visit } from 'graphql';
import { HeadgateError } from '../errors';
import { FetchOperation } from '../transport/fetch-request';
import { type EntityFetch, withoutFields } from './entity-selection';

/** The operation of a fetch whose fields have arguments by `@fromContext`: one list of entities for each set of values. */
export interface ContextOperation {
  /** Names of the contextual arguments' variables. */
  readonly variables: readonly string[];
  /** Names in list `index`: its response key, its variable of representations, and those of its contextual arguments. */
  keyOf(index: number): string;
  representationsOf(index: number): string;
  variableOf(name: string, index: number): string;
  ofLists(count: number): FetchOperation;
  /** For entities that are asked for no field with contextual arguments, which are not in it. */
  readonly plain: FetchOperation;
  /** The type conditions around each field of an entity that has contextual arguments, or has them below. */
  readonly conditions: readonly (readonly string[])[];
}

const ENTITIES = '_entities';
const REPRESENTATIONS = 'representations';

function parsed({ node: { serviceName }, operation: { definition, fragments, entities } }: EntityFetch) {
  if (definition !== null && fragments.size === 0 && entities?.selectionSet !== undefined)
    return { definition, selectionSet: entities.selectionSet };
  throw new HeadgateError('PLANNING_FAILED', `a fetch of ${serviceName} with @fromContext asks for no entities`);
}

/**
 * Fields of an entity that have contextual arguments, or have them below, with the type conditions around them.
 * @param contextual names of variables
 */
export function contextualFields(
  set: SelectionSetNode,
  contextual: ReadonlySet<string>,
  around: readonly string[] = [],
): (readonly [FieldNode, readonly string[]])[] {
  return set.selections.flatMap((one) => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return [];
    if (one.kind === Kind.INLINE_FRAGMENT) {
      const condition = one.typeCondition?.name.value;
      return contextualFields(one.selectionSet, contextual, condition === undefined ? around : [...around, condition]);
    }
    let isContextual = false;
    visit(one, {
      Variable({ name }) {
        if (!contextual.has(name.value)) return undefined;
        isContextual = true;
        return BREAK;
      },
    });
    return isContextual ? [[one, around] as const] : [];
  });
}

function freshName(base: string, isTaken: (name: string) => boolean): string {
  let name = base;
  while (isTaken(name)) name = `_${name}`;
  return name;
}

/** @throws {HeadgateError} PLANNING_FAILED */
export function contextOperation({ node, operation }: EntityFetch): ContextOperation {
  const { definition, selectionSet } = parsed({ node, operation });
  const contextual = new Set((node.contextRewrites ?? []).map(({ renameKeyTo }) => renameKeyTo));
  const definitions = (definition.variableDefinitions ?? []).map(({ variable, type }) => ({
    name: variable.name.value,
    type: print(type),
  }));
  const own = definitions.filter(({ name }) => contextual.has(name));
  const clients = (definition.variableDefinitions ?? []).filter(
    ({ variable: { name } }) => name.value !== REPRESENTATIONS && !contextual.has(name.value),
  );
  const numbered = freshName(`${REPRESENTATIONS}_`, (base) =>
    clients.some(({ variable }) => variable.name.value.startsWith(base)),
  );
  // Stands for the number of a list behind the name of a variable; found nowhere else in the text.
  const mark = freshName('_list', (name) => node.operation.includes(name));
  const marked = visit(selectionSet, {
    Variable(variable) {
      const { name } = variable;
      return contextual.has(name.value) ? { ...variable, name: { ...name, value: name.value + mark } } : undefined;
    },
  });
  const selection = stripIgnoredCharacters(print(marked));
  const directives = (definition.directives ?? []).map((one) => print(one)).join(' ');

  const named = (text: string) => new FetchOperation(text, node.operationName, node.operationKind);
  // The planner names contextual arguments with numbers only, and the client's own names get a prefix.
  const suffix = (index: number) => (index === 0 ? '' : `_of${index}`);
  const keyOf = (index: number) => (index === 0 ? ENTITIES : `_e${index}`);
  const representationsOf = (index: number) => (index === 0 ? REPRESENTATIONS : `${numbered}${index}`);
  const variableOf = (name: string, index: number) => name + suffix(index);

  function textOf(lists: number): string {
    const declared = clients.map((one) => print(one));
    const asked: string[] = [];
    for (let index = 0; index < lists; index++) {
      declared.push(`$${representationsOf(index)}:[_Any!]!`);
      for (const { name, type } of own) declared.push(`$${variableOf(name, index)}:${type}`);
      const entities = `${ENTITIES}(${REPRESENTATIONS}:$${representationsOf(index)})`;
      asked.push(`${keyOf(index)}:${entities}${selection.replaceAll(mark, suffix(index))}`);
    }
    return `query ${definition.name?.value ?? ''}(${declared.join(' ')})${directives}{${asked.join(' ')}}`;
  }

  /** The last one: mostly, there are as many as last time. */
  let last = { count: 1, operation: named(node.operation) };

  function ofLists(count: number): FetchOperation {
    if (last.count !== count) last = { count, operation: named(count === 1 ? node.operation : textOf(count)) };
    return last.operation;
  }

  const fields = new Map(contextualFields(selectionSet, contextual));
  const plain = withoutFields({ node, operation }, new Set(fields.keys()));
  return {
    variables: own.map(({ name }) => name),
    keyOf,
    representationsOf,
    variableOf,
    ofLists,
    plain: named(plain?.operation ?? node.operation),
    conditions: [...fields.values()],
  };
}
