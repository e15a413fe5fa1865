import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/**
 * Response keys of an operation that stand for more than one field, or for one with different arguments, at one place of
 * the answer: `... on A { x: title } ... on B { x: alt }`. Clients may write that, since no object is both an A and a B;
 * a plan knows places by their keys alone and takes one for the other.
 */
export interface ContestedKeys {
  /** Tells apart what has the same key: 0 for what may keep it, and for every key that nothing contests. */
  numberOf(field: FieldNode): number;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
/** Signatures of a key's fields, in the order of the document, or that which may keep the key first. */
type Candidates = ReadonlyMap<string, readonly string[]>;

export const NO_CONTESTED_KEYS: ContestedKeys = { numberOf: () => 0 };
/** Selections looked at; beyond, every key that could be contested is taken to be. */
const STEPS_MAX = 20_000;

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function byName(a: { readonly name: { readonly value: string } }, b: typeof a): number {
  return a.name.value < b.name.value ? -1 : 1;
}

/** A value in which the order of an object's fields no longer tells. */
function sorted(value: ValueNode): ValueNode {
  if (value.kind === Kind.LIST) return { ...value, values: value.values.map(sorted) };
  if (value.kind !== Kind.OBJECT) return value;
  return { ...value, fields: value.fields.map((one) => ({ ...one, value: sorted(one.value) })).sort(byName) };
}

/** Equal for fields that validation lets meet under one key: their name and arguments, in any order. Spec: section 5.3.2. */
type SignatureOf = (field: FieldNode) => string;

/** Each field's text is made once, however many places a fragment brings it to. */
function signatures(): SignatureOf {
  const known = new Map<FieldNode, string>();
  return (field) => {
    const { name, arguments: given = [] } = field;
    if (given.length === 0) return name.value;
    let text = known.get(field);
    if (text === undefined) {
      const texts = [...given].sort(byName).map((one) => `${one.name.value}:${print(sorted(one.value))}`);
      text = `${name.value}(${texts.join()})`;
      known.set(field, text);
    }
    return text;
  };
}

function fieldsIn(set: SelectionSetNode, add: (field: FieldNode) => void): void {
  for (const one of set.selections) {
    if (one.kind === Kind.FIELD) add(one);
    if (one.kind !== Kind.FRAGMENT_SPREAD && one.selectionSet !== undefined) fieldsIn(one.selectionSet, add);
  }
}

/** Keys that stand for more than one thing somewhere. Looks at each selection of a document once. */
function candidatesIn(sets: readonly SelectionSetNode[], signatureOf: SignatureOf): Candidates {
  const first = new Map<string, FieldNode>();
  const byKey = new Map<string, Set<string>>();
  const add = (field: FieldNode): void => {
    const key = keyOf(field);
    const known = first.get(key);
    if (known === undefined) first.set(key, field);
    else {
      const isPlain = (one: FieldNode) => (one.arguments ?? []).length === 0;
      if (known.name.value === field.name.value && isPlain(known) && isPlain(field) && !byKey.has(key)) return;
      const all = byKey.get(key) ?? new Set([signatureOf(known)]);
      byKey.set(key, all.add(signatureOf(field)));
    }
  };
  for (const set of sets) fieldsIn(set, add);
  const contested = [...byKey].filter(([, all]) => all.size > 1);
  // The field of that very name and without arguments: it is what a planner would add by itself.
  return new Map(contested.map(([key, all]) => [key, [...all].sort((a, b) => Number(b === key) - Number(a === key))]));
}

/** Walks the places of an answer, whatever the types of objects. */
class Places {
  readonly contested = new Set<string>();
  readonly #walked = new Set<SelectionSetNode>();
  #steps = 0;

  constructor(
    readonly fragments: Fragments,
    readonly candidates: Candidates,
    readonly signatureOf: SignatureOf,
  ) {}

  /** @param sets all that is selected at one place. @returns false when there is too much to look at */
  walk(sets: readonly SelectionSetNode[]): boolean {
    const [only] = sets;
    if (only !== undefined && sets.length === 1) {
      if (this.#walked.has(only)) return true;
      this.#walked.add(only);
    }
    const found = new Map<string, Map<string, SelectionSetNode[]>>();
    const spread = new Set<string>();
    for (const set of sets) this.#collect(set, found, spread);
    if (this.#steps > STEPS_MAX) return false;
    for (const [key, bySignature] of found) {
      if (bySignature.size > 1) this.contested.add(key);
      for (const below of bySignature.values()) if (below.length > 0 && !this.walk(below)) return false;
    }
    return true;
  }

  #collect(set: SelectionSetNode, found: Map<string, Map<string, SelectionSetNode[]>>, spread: Set<string>): void {
    for (const one of set.selections) {
      if (++this.#steps > STEPS_MAX) return;
      if (one.kind === Kind.FIELD) {
        const key = keyOf(one);
        const signature = this.candidates.has(key) ? this.signatureOf(one) : '';
        const bySignature = found.get(key) ?? new Map<string, SelectionSetNode[]>();
        const below = bySignature.get(signature) ?? [];
        if (one.selectionSet !== undefined) below.push(one.selectionSet);
        found.set(key, bySignature.set(signature, below));
      } else if (one.kind === Kind.INLINE_FRAGMENT) this.#collect(one.selectionSet, found, spread);
      else if (!spread.has(one.name.value)) {
        spread.add(one.name.value);
        const fragment = this.fragments.get(one.name.value);
        if (fragment !== undefined) this.#collect(fragment.selectionSet, found, spread);
      }
    }
  }
}

/** Fields of one key have the same numbers wherever they stand in the operation, so that fragments may be anywhere. */
export function contestedKeys(document: DocumentNode, operation: OperationDefinitionNode): ContestedKeys {
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const signatureOf = signatures();
  const sets = [operation, ...fragments].map(({ selectionSet }) => selectionSet);
  const candidates = candidatesIn(sets, signatureOf);
  if (candidates.size === 0) return NO_CONTESTED_KEYS;
  const places = new Places(new Map(fragments.map((one) => [one.name.value, one])), candidates, signatureOf);
  const contested = places.walk([operation.selectionSet]) ? places.contested : new Set(candidates.keys());
  if (contested.size === 0) return NO_CONTESTED_KEYS;
  const numbers = new Map<string, ReadonlyMap<string, number>>();
  let next = 1;
  for (const key of contested) {
    const [, ...others] = candidates.get(key) ?? [];
    numbers.set(key, new Map(others.map((signature) => [signature, next++])));
  }
  return {
    numberOf(field) {
      const bySignature = numbers.get(keyOf(field));
      return bySignature?.get(signatureOf(field)) ?? 0;
    },
  };
}
