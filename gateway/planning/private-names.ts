import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql';
import type { PlannerFields } from '../supergraph/planner-fields';
import { type ContestedKeys, NO_CONTESTED_KEYS } from './contested-keys';

/**
 * Names of a client's operation that would mean something else in a plan. Under `{ me { id: name } }` the planner's own
 * `id`, a key, and the client's would be one response key; so the plan asks for the client's under a private name. The same
 * goes for what objects of different types have under one key of the client (`contested-keys.ts`).
 */
export interface PrivateNames {
  /** The response key that a plan uses for a field of the client's operation. */
  keyOf(field: FieldNode): string;
  /** The name that a plan uses for a variable of the client's operation. */
  variableOf(name: string): string;
  /** The client's key or variable for one of a plan; of a private field the name of the real one. */
  publicName(name: string): string;
  /** The name of a field that exists for the planner only (`private-fields.ts`). No client's key can be equal. */
  privateField(field: string, index: number): string;
}

/** The planner's variable in entity fetches. */
const REPRESENTATIONS = 'representations';
/** Names of variables whose values subgraphs on graphql-js lose: they assign them to an object. */
const LOST: ReadonlySet<string> = new Set(['__proto__']);
/** The planner's variables for contextual arguments. */
const CONTEXTUAL = /^contextualArgument_/;
/** How the planner's own aliases end. */
const PLANNER_ALIAS = /__alias_\d+$/;

/** Longer than what any field of a key or requirement begins with; a client's name that begins with it gets it twice. */
function prefixFor(names: ReadonlySet<string>): string {
  let prefix = '_hg_';
  while ([...names].some((name) => name.startsWith(prefix))) prefix += '_';
  return prefix;
}

/** A number after the prefix: no name of a client begins with one. */
const PRIVATE_FIELD = /^\d+_/;

/** @param contested of the operation whose names these are */
export function privateNames(
  { names, ofInterfaceObjects }: PlannerFields,
  contested: ContestedKeys = NO_CONTESTED_KEYS,
): PrivateNames {
  const prefix = prefixFor(names);
  /** With a 0 in front, and so unlike the numbers of private fields; those of contested keys, from 1, have two. */
  const numbers = new Map(ofInterfaceObjects.map((name, index) => [name, `0${index}`]));

  function collides({ alias, name, arguments: given = [] }: FieldNode, key: string): boolean {
    if (key.startsWith(prefix)) return true;
    if (alias !== undefined && (key.startsWith('__') || PLANNER_ALIAS.test(key))) return true;
    if (!names.has(key)) return false;
    return key !== name.value || given.length > 0;
  }

  return {
    keyOf(field) {
      const key = field.alias?.value ?? field.name.value;
      const contender = contested.numberOf(field);
      if (contender > 0) return `${prefix}00${contender}_${key}`;
      // What an interface object answers is asked for on the interface: one alias of fields of two types would be one field.
      const number = key === field.name.value ? undefined : numbers.get(field.name.value);
      if (number !== undefined) return `${prefix}${number}_${key}`;
      return collides(field, key) ? prefix + key : key;
    },
    variableOf(name) {
      const collides = LOST.has(name) || name === REPRESENTATIONS || CONTEXTUAL.test(name) || name.startsWith(prefix);
      return collides ? prefix + name : name;
    },
    publicName: (name) => (name.startsWith(prefix) ? name.slice(prefix.length).replace(PRIVATE_FIELD, '') : name),
    privateField: (field, index) => `${prefix}${index}_${field}`,
  };
}

/** A copy of a client's document as a planner may see it. */
export function withPrivateNames(document: DocumentNode, names: PrivateNames): DocumentNode {
  return visit(document, {
    Field(node) {
      const key = names.keyOf(node);
      const same = key === (node.alias?.value ?? node.name.value);
      return same ? undefined : { ...node, alias: { kind: Kind.NAME, value: key } };
    },
    Variable(node) {
      const name = names.variableOf(node.name.value);
      return name === node.name.value ? undefined : { ...node, name: { kind: Kind.NAME, value: name } };
    },
  });
}
