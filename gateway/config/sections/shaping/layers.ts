import type { z } from 'zod';

type Shape = Readonly<Record<string, z.ZodType>>;
type Near<S extends Shape> = { [K in keyof S]: z.ZodExactOptional<S[K]> };
type Complete<S extends Shape> = { [K in keyof S]: z.ZodPrefault<S[K]> };

/** Makes the shape of a scope that overrides: every key may be left to the scope above. */
export function near<S extends Shape>(shape: S): Near<S> {
  const entries = Object.entries(shape).map(([key, schema]) => [key, schema.exactOptional()]);
  // Object.fromEntries forgets which key has which schema.
  return Object.fromEntries(entries) as Near<S>;
}

/** Makes the shape of the outermost scope: every key has a value. */
export function complete<S extends Shape>(shape: S, defaults: { readonly [K in keyof S]: z.input<S[K]> }): Complete<S> {
  const entries = Object.entries(shape).map(([key, schema]) => [key, schema.prefault(defaults[key])]);
  // Object.fromEntries forgets which key has which schema.
  return Object.fromEntries(entries) as Complete<S>;
}
