import type { ExactNumber } from '../../../json/exact-number';

/** The mapping language of connect after parsing. Offsets count UTF-16 units from the start of the mapping text. */

/** `id name: full.name { … }`: the items of one pair of braces, or of the whole mapping; also `{ … }` as a value. */
export interface Selection {
  readonly kind: 'selection';
  readonly items: readonly Item[];
  readonly offset: number;
}

export interface Item {
  readonly alias: string | null;
  /** `... value`: gives the fields of an object to the object it stands in. */
  readonly spread: boolean;
  readonly value: Expression;
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
  /** `$(…)`, or a literal that steps follow. */
  | { readonly kind: 'expression'; readonly expression: Expression };

export type Step =
  | { readonly kind: 'key'; readonly key: string; readonly offset: number }
  | { readonly kind: 'method'; readonly name: string; readonly args: readonly Expression[]; readonly offset: number }
  | { readonly kind: 'optional'; readonly offset: number };

export interface Literal {
  readonly kind: 'literal';
  readonly value: string | number | bigint | ExactNumber | boolean | null;
  readonly offset: number;
}

export type Expression =
  | Path
  | Selection
  | Literal
  | { readonly kind: 'array'; readonly items: readonly Expression[]; readonly offset: number }
  | {
      readonly kind: 'fallback';
      readonly operator: '??' | '?!';
      readonly operands: readonly Expression[];
      readonly offset: number;
    };

/** The name an item gives to the object it stands in; null for a spread and for a path of more than one step. */
export function outputName({ alias, spread, value }: Item): string | null {
  if (alias !== null || spread) return alias;
  if (value.kind !== 'path' || value.start.kind !== 'key') return null;
  return value.steps.every((step) => step.kind === 'optional') ? value.start.key : null;
}

/** A selection that is one value without a name stands for that value, not for an object. */
export function soleValue({ items: [only, ...more] }: Selection): Expression | null {
  if (only === undefined || more.length > 0 || only.spread) return null;
  return outputName(only) === null ? only.value : null;
}
