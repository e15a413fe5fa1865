import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { HeadgateError } from '../errors';
import type { FetchNode } from '../planning/plan';

/** The operation of a fetch whose fields have arguments by `@fromContext`: one list of entities for each set of values. */
export interface ContextOperation {
  /** Names of the contextual arguments' variables. */
  readonly variables: readonly string[];
  /** Names in list `index`: its response key, its variable of representations, and those of its contextual arguments. */
  keyOf(index: number): string;
  representationsOf(index: number): string;
  variableOf(name: string, index: number): string;
  textOf(lists: number): string;
}

const ENTITIES = '_entities';
const REPRESENTATIONS = 'representations';

function parsed({ operation, serviceName }: FetchNode) {
  const [definition, ...others] = parse(operation, { noLocation: true }).definitions;
  if (definition?.kind === Kind.OPERATION_DEFINITION && others.length === 0) {
    const [entities] = definition.selectionSet.selections;
    if (entities?.kind === Kind.FIELD && entities.selectionSet !== undefined)
      return { definition, selectionSet: entities.selectionSet };
  }
  throw new HeadgateError('PLANNING_FAILED', `a fetch of ${serviceName} with @fromContext asks for no entities`);
}

function freshName(base: string, isTaken: (name: string) => boolean): string {
  let name = base;
  while (isTaken(name)) name = `_${name}`;
  return name;
}

/** @throws {HeadgateError} PLANNING_FAILED */
export function contextOperation(node: FetchNode): ContextOperation {
  const { definition, selectionSet } = parsed(node);
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

  // The planner names contextual arguments with numbers only, and the client's own names get a prefix.
  const suffix = (index: number) => (index === 0 ? '' : `_of${index}`);
  const keyOf = (index: number) => (index === 0 ? ENTITIES : `_e${index}`);
  const representationsOf = (index: number) => (index === 0 ? REPRESENTATIONS : `${numbered}${index}`);
  const variableOf = (name: string, index: number) => name + suffix(index);

  function textOf(lists: number): string {
    if (lists === 1) return node.operation;
    const declared = clients.map((one) => print(one));
    const fields: string[] = [];
    for (let index = 0; index < lists; index++) {
      declared.push(`$${representationsOf(index)}:[_Any!]!`);
      for (const { name, type } of own) declared.push(`$${variableOf(name, index)}:${type}`);
      const asked = `${ENTITIES}(${REPRESENTATIONS}:$${representationsOf(index)})`;
      fields.push(`${keyOf(index)}:${asked}${selection.replaceAll(mark, suffix(index))}`);
    }
    return `query ${definition.name?.value ?? ''}(${declared.join(' ')})${directives}{${fields.join(' ')}}`;
  }

  return { variables: own.map(({ name }) => name), keyOf, representationsOf, variableOf, textOf };
}
