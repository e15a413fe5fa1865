import type { Path } from '../expressions/references';
import { headersOf, mapOf, objectOf, STRING, type Type } from '../expressions/types';
import type { Fact } from '../facts';
import type { Reads, Sight } from '../flight';
import { stringifyJson } from '../json/stringify';

/** What values are taken out of: a call, or a flight, which has of it what is declared. */
export type View = Pick<Sight, 'headers' | 'facts'>;

/** A value that expressions read, and what it is made of. */
export interface Source {
  /** Keys below its entry at which the value stands. */
  readonly at: Path;
  readonly reads: Partial<Pick<Reads, 'headers' | 'matching' | 'facts'>>;
  /** Undefined when there is none. */
  readonly valueIn: (view: View) => unknown;
}

/** One name of the vocabulary. */
export interface Entry {
  readonly type: Type;
  /** Sources of what stands at these keys below the name; of all of it when there are none. */
  readonly sourcesAt: (keys: Path) => readonly Source[];
}

/** Every header: what is read of a client's request cannot be told beforehand. */
const ANY_HEADER = /^/;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (stringifyJson(value) ?? '');
}

/** A fact that follows from a call. */
export function following<T>(name: string, of: NonNullable<Fact<T>['of']>): Fact<T> {
  return { name, keyOf: textOf, of };
}

function sourceOf(fact: Fact<never>, at: Path): Source {
  return { at, reads: { facts: [fact] }, valueIn: ({ facts }) => facts.get(fact) };
}

/** One value. */
export function value(type: Type, fact: Fact<never>): Entry {
  return { type, sourcesAt: () => [sourceOf(fact, [])] };
}

/**
 * A map of which each value is a fact of its own: whoever reads one is told apart by that one.
 */
export function map(type: Type, whole: Fact<never>, factFor: (key: string) => Fact<never>): Entry {
  return {
    type: mapOf(STRING, type),
    sourcesAt: ([key]) => (key === undefined ? [sourceOf(whole, [])] : [sourceOf(factFor(key), [key])]),
  };
}

/** Names with entries of their own. */
export function group(name: string, entries: Readonly<Record<string, Entry>>): Entry {
  const types = Object.entries(entries).map(([key, { type }]) => [key, type] as const);
  const below = (key: string, keys: Path) =>
    (entries[key]?.sourcesAt(keys) ?? []).map((source) => ({ ...source, at: [key, ...source.at] }));
  return {
    type: objectOf(name, Object.fromEntries(types)),
    sourcesAt: ([key, ...rest]) =>
      key === undefined ? Object.keys(entries).flatMap((each) => below(each, [])) : below(key, rest),
  };
}

/** The headers of the request: as they are, without a copy of them. */
export const HEADERS: Entry = {
  type: headersOf(STRING),
  sourcesAt: ([name]) => {
    if (name === undefined) return [{ at: [], reads: { matching: [ANY_HEADER] }, valueIn: ({ headers }) => headers }];
    return [{ at: [name], reads: { headers: [name] }, valueIn: ({ headers }) => oneText(headers[name]) }];
  },
};

/** Of a header that came several times and is kept as a list. */
export function oneText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}
