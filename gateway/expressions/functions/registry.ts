import { CONVERSIONS } from './conversions';
import type { FunctionDeclaration } from './declare';
import { MATCHES } from './matches';
import { OPERATORS } from './operators';
import { OPTIONALS } from './optionals';
import { STRINGS } from './strings';
import { TIMES } from './times';

/** Functions by name; those of methods begin with a dot. */
export type Functions = ReadonlyMap<string, FunctionDeclaration>;

/** What every expression may call. */
export const STANDARD_FUNCTIONS: Functions = byName([
  ...OPERATORS,
  ...CONVERSIONS,
  ...STRINGS,
  ...MATCHES,
  ...TIMES,
  ...OPTIONALS,
]);

function byName(declarations: readonly FunctionDeclaration[]): Functions {
  return new Map(declarations.map((declaration) => [declaration.name, declaration]));
}

export function withFunctions(more: readonly FunctionDeclaration[]): Functions {
  return more.length === 0 ? STANDARD_FUNCTIONS : new Map([...STANDARD_FUNCTIONS, ...byName(more)]);
}

/** Names that people write, for suggestions: no operators. */
export function callableNames(functions: Functions, methods: boolean): string[] {
  const names = Array.from(functions.keys()).filter((name) => name.startsWith('.') === methods);
  return names.filter((name) => /^\.?[a-z]/i.test(name)).map((name) => name.replace(/^\./, ''));
}
