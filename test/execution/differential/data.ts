import { valueField } from './contexts';
import { REQUIRED_ARGUMENTS } from './inputs';
import { itemRequirement } from './items';
import type { Fault } from './model';
import {
  canonicalIn,
  idText,
  keyOfLongId,
  keyOfLongKey,
  longId,
  longKey,
  someFloat,
  someId,
  someJson,
  someLong,
} from './numbers';
import { type Field, INFO_PART, isLeaf, type Requirement, type Schema, type Type, typeNamed } from './schema';
import type { See } from './seen';

/** An object of some entity type. All of its values follow from its type and number. */
export interface Entity {
  readonly __typename: string;
  readonly key: string;
  /** Field that the way here lets a subgraph answer although another one owns it. */
  readonly provided?: string;
  /** The object with a context that the way here led through last. */
  readonly above?: Entity;
  /** What a gateway sent of it, when it came as a reference. */
  readonly sent?: Record<string, unknown>;
}

export type Arguments = Readonly<Record<string, unknown>>;

export function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619) >>> 0;
  value = Math.imul(value ^ (value >>> 15), 2_246_822_519) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}

/** Number of the object that a key, whichever it is, belongs to. */
export function keyOf(reference: Readonly<Record<string, unknown>>): string {
  const { id, code, num, ref } = reference;
  if (num !== undefined) return keyOfLongKey(num);
  if (id !== undefined) return keyOfLongId(id) ?? String(id);
  if (typeof code === 'string') return code.slice(1);
  return String((ref as { k: string }).k).slice(1); // as: a reference has one of the four
}

/** The same for equal arguments, however they are written and whatever a subgraph adds. */
function argumentText(args: Arguments): string {
  const sorted = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
  };
  return JSON.stringify(sorted(args));
}

export const DARK = 'DARK';

/** What is true in a federation during one operation. */
export class Data {
  /** Sum of the mutations so far. */
  count = 0;

  constructor(
    readonly schema: Schema,
    readonly fault: Fault,
    readonly labels: readonly string[] = [],
    /** Told what reaches a subgraph. */
    readonly see: See = () => {},
  ) {}

  entities(typename: string): Entity[] {
    return Array.from({ length: this.schema.ids }, (_, index) => ({
      __typename: typename,
      key: `${typename.slice(1)}${index}`,
    }));
  }

  /** Whether a field is one of those that are at fault. */
  isFaulty(kind: Fault['kind'], name: string, key: string): boolean {
    return this.fault.kind === kind && hash(`${this.fault.seed} ${name} ${key}`) % 6 === 0;
  }

  /** The value of a field before anything is hidden from clients. */
  value(type: Type, field: Field, key: string, args: Arguments): unknown {
    const name = `${type.name}.${field.name}`;
    if (this.isFaulty('nulls', name, key)) return null;
    if (field.requires.length > 0) return derived(field, this.required(type, field.requires, key), args);
    const seed = hash(`${name}:${key}`);
    if (!field.isNonNull && seed % 6 === 0) return null;
    return this.#made(field, seed, key, args);
  }

  #made(field: Field, seed: number, key: string, args: Arguments): unknown {
    const text = argumentText(args);
    const listed = (make: (from: number) => unknown): unknown[] =>
      Array.from({ length: seed % 4 }, (_, index) =>
        index === 1 && !field.isItemNonNull ? null : make(seed + index * 7),
      );
    const info = (from: number) => ({ a: from % 10, b: from % 5 === 0 ? null : `b${key}` });
    switch (field.kind) {
      case 'Int':
        return (seed % 100) + (hash(text) % 1000);
      case 'count':
        return this.count;
      case 'String':
        return `${field.name}-${key}-${text}`;
      case 'float':
        return someFloat(seed + hash(text));
      case 'long':
        return someLong(seed + hash(text));
      case 'longs':
        return listed((from) => someLong(from + hash(text)));
      case 'ident':
        return someId(seed + hash(text));
      case 'json':
        return someJson(seed + hash(text));
      case 'color':
        return this.#color(field, seed);
      case 'list':
        return listed((from) => from % 50);
      case 'matrix':
        return listed((from) => [from % 9, null, hash(text) % 9]);
      case 'info':
        return info(seed);
      case 'infos':
        return listed((from) => [info(from), ...(field.isItemNonNull ? [] : [null])]);
      case 'grid':
        return listed((from) => [this.#pick([field.target], from), null, this.#pick([field.target], from + 1)]);
      case 'entities':
        return listed((from) => this.#pick([field.target], from));
      default:
        return this.#pick(this.#possible(field), seed);
    }
  }

  #color(field: Field, seed: number): string {
    const own = field.owners.length === 1 && field.label === null ? [`C${field.owners[0]}`] : [];
    const values = ['RED', 'GREEN', ...own, ...(this.schema.hasHiddenColor ? [DARK] : [])];
    return values[seed % values.length] ?? '';
  }

  #possible({ kind, target, owners }: Field): string[] {
    const [owner = 0] = owners;
    const types = this.schema.types.filter((one) => {
      if (kind === 'node') return one.isNode;
      if (kind === 'item') return one.isItem;
      return kind === 'any' ? one.anyIn.includes(owner) : one.name === target;
    });
    return types.map(({ name }) => name);
  }

  #pick(typenames: readonly string[], from: number): Entity | null {
    return this.entities(typenames[from % typenames.length] ?? '')[from % this.schema.ids] ?? null;
  }

  /** What a requirement amounts to, evaluated on what is true. */
  required(type: Type, requirements: readonly Requirement[], key: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const { field, below, on } of requirements) {
      const value = this.value(type, field, key, defaulted(field, REQUIRED_ARGUMENTS[field.args].values));
      if (isLeaf(field)) {
        result[field.name] = sentLeaf(field, value);
        continue;
      }
      result[field.name] = mapped(value, (inner) => {
        if (field.kind === 'info') return { [INFO_PART]: (inner as Record<string, unknown>)[INFO_PART] }; // as: an Info
        const entity = inner as Entity; // as: what else a requirement goes into
        const required = on.size === 0 ? below : (on.get(entity.__typename) ?? []);
        return this.required(typeNamed(this.schema, entity.__typename), required, entity.key);
      });
    }
    return result;
  }

  /** Values that every type has beside its fields. */
  own(name: string, typename: string, key: string, args: Arguments): unknown {
    if (name === 'id') return this.schema.hasLongIds ? longId(key) : key;
    if (name === 'num') return longKey(key);
    if (name === 'code') return `c${key}`;
    if (name === 'part') return Number(key) * 7;
    if (name === 'ref') return { k: `k${key}`, w: hash(key) % 100 };
    const { items } = this.schema;
    const required = items && itemRequirement(items, name, (field, given) => this.own(field, typename, key, given));
    if (required) return derivedItem(name, required);
    // An interface object does not know the types.
    const seed = hash(`${name}:${key}`);
    if (this.isFaulty('nulls', name, key) || seed % 5 === 0) return null;
    if (name.startsWith('i3_')) {
      const types = this.schema.types.filter(({ isItem }) => isItem);
      return this.#pick(
        types.map((one) => one.name),
        seed,
      );
    }
    if (name === 'i5' || name === 'size' || name === 'weight') return seed % 100;
    if (name === 'held' || name === 'inner') return this.#held(seed);
    if (name === 'helds') return [[this.#held(seed)], ...(seed % 2 === 0 ? [[null, this.#held(seed + 1)]] : [])];
    if (name === 'mid') return { __typename: 'Mid', key };
    if (/^v\d?$/.test(name)) return this.#contextValue(seed, key);
    return name.startsWith('extra') ? seed % 100 : `${name} ${key} ${argumentText(args)}`;
  }

  #held(from: number): Entity {
    return { __typename: 'Held', key: `7${from % (this.schema.ids + 1)}` };
  }

  #contextValue(seed: number, key: string): unknown {
    const type = this.schema.context?.type;
    if (type === 'Long') return someLong(seed);
    return type === '[Int]' ? [seed % 10, null, Number(key)] : `v ${key}`;
  }

  /** The value of the context that an object is told, from the object above. */
  told({ above }: Entity): unknown {
    const { context } = this.schema;
    if (context === null || above === undefined) throw new Error('nothing above has a context');
    return canonicalIn(this.own(valueField(context, above.__typename), above.__typename, above.key, {}));
  }

  root(name: string, args: Arguments): unknown {
    const subgraph = Number(name.slice(-1));
    const { types } = this.schema;
    const of = (chosen: readonly Type[]) => chosen.flatMap((type) => this.entities(type.name));
    if (name.startsWith('nodes')) return of(types.filter(({ isNode }) => isNode));
    if (name.startsWith('any')) return of(types.filter(({ anyIn }) => anyIn.includes(subgraph)));
    if (name.startsWith('items')) return of(types.filter(({ isItem }) => isItem));
    if (name.startsWith('one')) return this.entities(name.slice(3))[0];
    if (name.startsWith('all')) return this.entities(name.slice(3));
    if (name.startsWith('plainer')) return args;
    if (name.startsWith('plain')) return `${name} ${argumentText(args)}`;
    this.count += typeof args.by === 'number' ? args.by : 10;
    if (name.startsWith('count')) return this.count;
    return this.entities(name.slice(6))[this.count % this.schema.ids];
  }
}

function defaulted(field: Field, values: Arguments): Arguments {
  return field.args === 'filter' ? { filter: { n: 2, order: 'ASC', ...(values.filter as object) } } : values; // as: see there
}

/** A value, or each element of a list of them, nulls left alone. */
export function mapped(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (value === null || value === undefined) return value;
  return Array.isArray(value) ? value.map((one) => mapped(one, change)) : change(value);
}

/** What a field of an item makes of what it requires. */
export function derivedItem(name: string, required: readonly unknown[]): string {
  return `${name} of ${JSON.stringify(required)}`;
}

/** What a field makes of the value of a context. */
export function toldText(name: string, key: string, { n }: Arguments, value: unknown): string {
  return `${name} ${key} ${n} ${JSON.stringify(value ?? null)}`;
}

/** A leaf as it is in a representation: what a gateway may write differently is the same. */
function sentLeaf({ kind }: Field, value: unknown): unknown {
  return kind === 'ident' ? mapped(value, idText) : canonicalIn(value);
}

/** What a field makes of what it requires. */
export function derived(field: Field, required: Record<string, unknown>, args: Arguments): string {
  return `${field.name}${argumentText(args)} of ${JSON.stringify(required)}`;
}

/** A requirement as it was sent along with a reference. @throws {Error} when something is missing */
export function sentRequirement(sent: Readonly<Record<string, unknown>>, requirements: readonly Requirement[]) {
  const result: Record<string, unknown> = {};
  for (const { field, below, on } of requirements) {
    const value = sent[field.name];
    if (value === undefined) throw new Error(`${field.name} was not sent along`);
    if (isLeaf(field)) {
      result[field.name] = sentLeaf(field, value);
      continue;
    }
    result[field.name] = mapped(value, (inner) => {
      const object = inner as Record<string, unknown>; // as: an object in a representation
      if (field.kind === 'info') return { [INFO_PART]: object[INFO_PART] };
      if (on.size === 0) return sentRequirement(object, below);
      if (typeof object.__typename !== 'string') throw new Error(`of ${field.name} no type was sent along`);
      return sentRequirement(object, on.get(object.__typename) ?? []);
    });
  }
  return result;
}
