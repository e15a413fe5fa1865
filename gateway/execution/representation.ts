import { ExactNumber } from '../json/exact-number';
import { stringifyJson } from '../json/stringify';
import { KeptTable, textBytes } from '../kept';
import type { FetchNode, RequiredField, RequiredSelection } from '../planning/plan';
import type { FullTypes, KeyPath } from '../supergraph/full-types';
import {
  type Access,
  accessTo,
  arrive,
  differInLength,
  elementOf,
  hasObject,
  isJsonObject,
  leafOf,
  listOf,
  type Parts,
} from './parts';
import type { HeldType, Position } from './position';
import { rewritten } from './rewrites';
import type { Run } from './run';
import { typenameReader } from './typename';

/** Answers a representation as JSON text, or undefined when the entity cannot be asked for. */
export type BuildRepresentation = (parts: Parts, run: Run) => string | undefined;

/** A required field is missing: the entity is left out. Told apart from a field that is null. */
const MISSING = Symbol('missing');

/** Reads under which key the answer so far has a required field. */
export function readKey({ readAs, alias, name }: RequiredField): string {
  return readAs ?? alias ?? name;
}

type BuildValue = (parts: Parts, run: Run) => unknown;

interface Copied {
  readonly key: string;
  readonly build: BuildValue;
}

/** What an object has depends on its type: whoever gets it wants to know the type. */
function withTypename(selections: readonly RequiredSelection[]): readonly RequiredSelection[] {
  const depends = selections.some((one) => one.kind === 'InlineFragment' && one.typeCondition !== undefined);
  return depends ? [{ kind: 'Field', name: '__typename' }, ...selections] : selections;
}

function nested(
  access: Access,
  selections: readonly RequiredSelection[],
  holder: HeldType,
  types: FullTypes,
  path: KeyPath,
): BuildValue {
  const { child } = access;
  const buildObject = objectBuilder(child, withTypename(selections), holder, types, fetchedFields, path);
  const build = (values: Parts, run: Run): unknown => {
    const list = listOf(child, values);
    if (list !== null) {
      if (differInLength(child, values)) {
        run.misfit = { path, holder: holder.typename };
        return MISSING;
      }
      run.size.walk(list.length);
      const depth = run.indexes.length;
      const result: unknown[] = [];
      for (let index = 0; index < list.length; index++) {
        run.indexes[depth] = index;
        result.push(build(elementOf(child, values, index), run));
      }
      run.indexes.length = depth;
      return result.includes(MISSING) ? MISSING : result;
    }
    const here = arrive(child, values, run);
    if (hasObject(child, here)) return buildObject(here, run);
    return leafOf(child, here) === undefined ? MISSING : null;
  };
  return (parts, run) => build(access.read(parts), run);
}

function fieldBuilder(
  position: Position,
  field: RequiredField,
  type: HeldType,
  types: FullTypes,
  above: KeyPath,
): BuildValue {
  const access = accessTo(position, readKey(field));
  if (access === null) return () => MISSING;
  if (field.selections !== undefined && field.selections.length > 0)
    return nested(access, field.selections, type, types, [...above, field.name]);
  return (parts) => {
    const value = leafOf(access.child, access.read(parts));
    return value === undefined ? MISSING : value;
  };
}

/** Tells whether everything that a requirement names is fetched for objects of a type at all. */
export function isFetched(
  type: HeldType,
  position: Position,
  selections: readonly RequiredSelection[],
  types: FullTypes,
): boolean {
  return selections.every((one) => {
    if (one.kind === 'InlineFragment' || one.name === '__typename') return true;
    const child = position.children.get(readKey(one));
    if (child === undefined || !child.isSelectedOn(type, types)) return false;
    const below = { typename: null, holder: type };
    return one.selections === undefined || isFetched(below, child, one.selections, types);
  });
}

/** The fields that apply to objects of one type, in order, each once. */
function requiredFields(
  type: HeldType,
  position: Position,
  selections: readonly RequiredSelection[],
  types: FullTypes,
): RequiredField[] {
  const { typename } = type;
  const selected = new Map<string, RequiredField>();
  const collect = (list: readonly RequiredSelection[]): void => {
    for (const one of list) {
      if (one.kind === 'InlineFragment') {
        const { typeCondition } = one;
        const applies = typeCondition === undefined || (typename !== null && types.fits(typename, typeCondition));
        if (applies && isFetched(type, position, one.selections, types)) collect(one.selections);
        continue;
      }
      const key = one.alias ?? one.name;
      const earlier = selected.get(key);
      const merged = [...(earlier?.selections ?? []), ...(one.selections ?? [])];
      selected.set(key, merged.length === 0 ? one : { ...one, selections: merged });
    }
  };
  collect(selections);
  return [...selected.values()];
}

/** Those of an object below an entity that anybody fetches: the others belong to fields that are not asked for. */
const fetchedFields: typeof requiredFields = (type, position, selections, types) =>
  requiredFields(type, position, selections, types).filter(
    (one) => one.name === '__typename' || position.children.get(readKey(one))?.isSelectedOn(type, types),
  );

/** Compiled for each runtime type on first sight; the number of types bounds it. */
function objectBuilder(
  position: Position,
  selections: readonly RequiredSelection[],
  holder: HeldType | null,
  types: FullTypes,
  fieldsOf: typeof requiredFields,
  above: KeyPath,
): BuildValue {
  const typenameOf = typenameReader(position, types);
  const byType = new Map<string | null, readonly Copied[]>();
  return (parts, run) => {
    const typename = typenameOf(parts);
    let fields = byType.get(typename);
    if (fields === undefined) {
      const type = { typename, holder };
      fields = fieldsOf(type, position, selections, types).map((one) => ({
        key: one.alias ?? one.name,
        build: fieldBuilder(position, one, type, types, above),
      }));
      byType.set(typename, fields);
    }
    const result: Record<string, unknown> = {};
    for (const { key, build } of fields) {
      if (key === '__typename') {
        if (typename !== null) result[key] = typename;
        continue;
      }
      const value = build(parts, run);
      if (value === MISSING) return MISSING;
      result[key] = value;
    }
    return result;
  };
}

/** Undefined when the representation does not have the leaf. */
function leavesAt(value: unknown, path: KeyPath, depth = 0): readonly unknown[] | undefined {
  if (depth === path.length) return [value];
  if (value === null) return [null];
  if (Array.isArray(value)) {
    const all = value.map((element) => leavesAt(element, path, depth));
    return all.includes(undefined) ? undefined : all.flatMap((leaves) => leaves ?? []);
  }
  const key = path[depth] ?? '';
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
  return leavesAt(value[key], path, depth + 1);
}

/** Of the keys that the representation has, at least one is without null; true when it has none that we know. */
function isResolvable(representation: Record<string, unknown>, keys: readonly (readonly KeyPath[])[]): boolean {
  let seen = false;
  for (const key of keys) {
    const leaves = key.map((path) => leavesAt(representation, path));
    if (leaves.includes(undefined)) continue;
    seen = true;
    if (leaves.every((values) => values?.every((leaf) => leaf !== null) ?? false)) return true;
  }
  return !seen;
}

/** What is selected below the fields of a requirement, by the names that these may have once they are rewritten. */
function selectedBelow(selections: readonly RequiredSelection[]): ReadonlyMap<string, readonly RequiredSelection[]> {
  const found = new Map<string, readonly RequiredSelection[]>();
  const add = (key: string, below: readonly RequiredSelection[]) =>
    found.set(key, [...(found.get(key) ?? []), ...below]);
  for (const one of selections) {
    if (one.kind === 'InlineFragment') for (const [key, below] of selectedBelow(one.selections)) add(key, below);
    else if (one.selections !== undefined)
      for (const key of new Set([one.name, one.alias ?? one.name])) add(key, one.selections);
  }
  return found;
}

/**
 * Equal for equal objects, whatever the order of their keys: rewrites may have changed it. What a scalar has in it keeps its order.
 */
function sorted(value: unknown, selections: readonly RequiredSelection[]): unknown {
  if (Array.isArray(value)) return value.map((one) => sorted(one, selections));
  if (!isJsonObject(value)) return value;
  const below = selectedBelow(selections);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => {
        const selected = below.get(key);
        return [key, selected === undefined ? inner : sorted(inner, selected)];
      }),
  );
}

function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value as object).some(hasNull); // as: not null, see above
}

/** Tells {@link flatText} that it cannot say: the long way decides. */
const UNDECIDED = Symbol('undecided');

/** Texts of representations kept for each place that they are made at, and their length. */
const TEXTS_MAX = 500;
const TEXT_CHARACTERS_MAX = 200;

interface LeafReader {
  /** Text up to the leaf. */
  readonly before: string;
  readonly access: Access | null;
}

type BuildText = (parts: Parts) => string | typeof UNDECIDED | undefined;

/**
 * Representations of leaves only, which is what most keys are, straight as text: about a third of the cost of an object and
 * JSON.stringify. Null when the fields of the type have selections of their own.
 */
function flatText(
  typename: string,
  position: Position,
  selections: readonly RequiredSelection[],
  types: FullTypes,
): BuildText | null {
  const fields = requiredFields({ typename, holder: null }, position, selections, types);
  if (fields.some(({ selections: nested = [] }) => nested.length > 0)) return null;
  // No fragment fits the type: there is nothing to ask for.
  if (!fields.some(({ name }) => name === '__typename')) return () => undefined;
  const readers: LeafReader[] = [];
  let before = '{';
  for (const [index, field] of fields.entries()) {
    const key = field.alias ?? field.name;
    before += `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
    if (key === '__typename') before += JSON.stringify(typename);
    else {
      readers.push({ before, access: accessTo(position, readKey(field)) });
      before = '';
    }
  }
  const end = `${before}}`;
  const [only] = readers;
  if (only !== undefined && readers.length === 1) return oneLeafText(only, end);
  return (parts) => {
    let text = '';
    for (const { before: start, access } of readers) {
      const leaf = leafText(access, parts);
      if (typeof leaf !== 'string') return leaf;
      text += start + leaf;
    }
    return text + end;
  };
}

/**
 * For entities with one key of one leaf: the same text as before for the same key, so that it is neither put together nor
 * hashed again. The same few entities come up again and again, in one answer and in the next: an
 * eighth of the engine's time on TestQuery.
 */
function oneLeafText({ before, access }: LeafReader, end: string): BuildText {
  const texts = new KeptTable<unknown, string>({ name: 'representations' });
  return (parts) => {
    const value = access === null ? undefined : leafOf(access.child, access.read(parts));
    const known = texts.get(value);
    if (known !== undefined) return known;
    const leaf = leafText(access, parts);
    if (typeof leaf !== 'string') return leaf;
    const text = before + leaf + end;
    if (text.length > TEXT_CHARACTERS_MAX) return text;
    if (texts.size >= TEXTS_MAX) texts.clear();
    texts.set(value, text, 2 * textBytes(text));
    return text;
  };
}

function leafText(access: Access | null, parts: Parts): string | typeof UNDECIDED | undefined {
  const value = access === null ? undefined : leafOf(access.child, access.read(parts));
  if (value === undefined) return undefined;
  // A null may make the key unusable; anything but a scalar is for JSON.stringify.
  if (value instanceof ExactNumber) return value.text;
  if (value === null || typeof value === 'object') return UNDECIDED;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * Builds what an entity fetch sends for each entity: its key and required fields, as far as they fit the concrete type. Built in
 * one order of keys for each type, so that equal entities have equal texts.
 */
export function representationBuilder(position: Position, node: FetchNode, types: FullTypes): BuildRepresentation {
  const { requires = [], inputRewrites = [], serviceName, onTypes } = node;
  const build = objectBuilder(position, requires, null, types, requiredFields, []);
  const typenameOf = typenameReader(position, types);
  const flat = new Map<string, BuildText | null>();

  function longWay(parts: Parts, run: Run): string | undefined {
    const built = build(parts, run);
    if (!isJsonObject(built) || typeof built.__typename !== 'string') return undefined;
    const sent = inputRewrites.length === 0 ? built : sorted(rewritten(built, inputRewrites, types), requires);
    if (!isJsonObject(sent) || typeof sent.__typename !== 'string') return undefined;
    if (hasNull(sent) && !isResolvable(sent, types.keys(serviceName, sent.__typename))) return undefined;
    return stringifyJson(sent);
  }

  function textFor(typename: string): BuildText | null {
    if (onTypes !== undefined && !onTypes.includes(typename)) return () => undefined;
    return inputRewrites.length > 0 ? null : flatText(typename, position, requires, types);
  }

  return (parts, run) => {
    const typename = typenameOf(parts);
    if (typename === null) return undefined;
    let text = flat.get(typename);
    if (text === undefined) {
      text = textFor(typename);
      flat.set(typename, text);
    }
    const short = text === null ? UNDECIDED : text(parts);
    return short === UNDECIDED ? longWay(parts, run) : short;
  };
}
