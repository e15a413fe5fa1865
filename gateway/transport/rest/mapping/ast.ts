import type { ExactNumber } from '../../../json/exact-number';

/** The mapping language of connect v0.3 after parsing. Offsets count UTF-16 units from the start of the mapping text. */

/** `id name: full.name { … }`: the items of one pair of braces, or of the whole mapping. */
export interface Selection {
  readonly kind: 'selection';
  readonly items: readonly Item[];
  readonly offset: number;
}

export interface Item {
  readonly alias: string | null;
  /** A selection only after an alias: `author: { id: author_id }`. */
  readonly value: Path | Selection;
  readonly offset: number;
}

export interface Path {
  readonly kind: 'path';
  readonly start: PathStart;
  readonly steps: readonly Step[];
  readonly selection: Selection | null;
  readonly offset: number;
}

export type PathStart =
  | { readonly kind: 'dollar' }
  | { readonly kind: 'at' }
  | { readonly kind: 'variable'; readonly name: string; readonly offset: number }
  | { readonly kind: 'key'; readonly key: string; readonly offset: number }
  | { readonly kind: 'expression'; readonly expression: Expression };

export type Step =
  | { readonly kind: 'key'; readonly key: string; readonly offset: number }
  | { readonly kind: 'method'; readonly name: string; readonly args: readonly Expression[]; readonly offset: number }
  | { readonly kind: 'optional' };

export type Expression =
  | Path
  | {
      readonly kind: 'literal';
      readonly value: string | number | bigint | ExactNumber | boolean | null;
      readonly offset: number;
    }
  | { readonly kind: 'object'; readonly properties: readonly Property[]; readonly offset: number }
  | { readonly kind: 'array'; readonly items: readonly Expression[]; readonly offset: number }
  | {
      readonly kind: 'fallback';
      readonly operator: '??' | '?!';
      readonly operands: readonly Expression[];
      readonly offset: number;
    };

export interface Property {
  readonly key: string;
  readonly value: Expression;
}

/** The name an item gives to the object it stands in; null for a path of more than one step, which gives none. */
export function outputName(item: Item): string | null {
  if (item.alias !== null) return item.alias;
  if (item.value.kind === 'selection' || item.value.start.kind !== 'key') return null;
  return item.value.steps.every((step) => step.kind === 'optional') ? item.value.start.key : null;
}

/** A selection that is one unnamed path stands for that path's value, not for an object. */
export function valuePath(selection: Selection): Path | null {
  const [only, ...more] = selection.items;
  if (only === undefined || more.length > 0 || only.value.kind === 'selection') return null;
  return outputName(only) === null ? only.value : null;
}
