import type { Expression, Path, Selection, Step } from './ast';

/** A use of a variable: `$args.input.name` has the keys `input` and `name`. */
export interface Reference {
  readonly variable: string;
  readonly keys: readonly string[];
  /** False when what follows the keys is a method, so that more of the value may be used than the keys say. */
  readonly exact: boolean;
  readonly offset: number;
}

/** Every use of a variable in a mapping, `$batch { id }` as `$batch.id`; names bound by `->as` left out. */
export function references(selection: Selection): readonly Reference[] {
  const found: Reference[] = [];
  const bound = new Set<string>();
  inSelection(selection, { found, bound });
  return found.filter(({ variable }) => !bound.has(variable));
}

/** Finds where a mapping reads `$` or `@`: the response, where there is one; null when it does not. */
export function readsData(selection: Selection): number | null {
  const found: Reference[] = [];
  inSelection(selection, { found, bound: new Set(), data: true });
  return found.find(({ variable }) => variable === '$')?.offset ?? null;
}

/** A use of a method. */
export interface MethodCall {
  readonly name: string;
  readonly offset: number;
}

/** Every use of a method in a mapping, in the order of the text. */
export function methodCalls(selection: Selection): readonly MethodCall[] {
  const calls: MethodCall[] = [];
  inSelection(selection, { found: [], bound: new Set(), calls });
  return calls.toSorted((a, b) => a.offset - b.offset);
}

/** A name that looks like a value: `kind: "Book"` and `found: null` before v0.4. */
export interface NameLiteral {
  /** As it is written. */
  readonly text: string;
  readonly isQuoted: boolean;
  readonly offset: number;
}

/** Names in the place of values that look like values. @param text of the mapping */
export function nameLiterals(selection: Selection, text: string): readonly NameLiteral[] {
  return selection.items.flatMap(({ alias, value }) => {
    if (value.kind === 'selection') return nameLiterals(value, text);
    if (value.kind !== 'path') return [];
    const inner = value.selection === null ? [] : nameLiterals(value.selection, text);
    const { start, steps } = value;
    if (alias === null || start.kind !== 'key' || steps.length > 0 || value.selection !== null) return inner;
    const quote = text.charAt(start.offset);
    const isQuoted = quote === '"' || quote === "'";
    // Quotes around what needs none: somebody meant a text.
    const isLiteral = isQuoted ? /^[A-Za-z_][A-Za-z0-9_]*$/.test(start.key) : WORDS.has(start.key);
    if (!isLiteral) return inner;
    return [{ text: isQuoted ? `${quote}${start.key}${quote}` : start.key, isQuoted, offset: start.offset }];
  });
}

const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

interface Collection {
  readonly found: Reference[];
  readonly bound: Set<string>;
  /** Also collect reads of `$` outside of braces that follow a value. */
  readonly data?: boolean;
  readonly calls?: MethodCall[];
}

function inSelection(selection: Selection, into: Collection): void {
  for (const { value } of selection.items) inExpression(value, into);
}

function inPath(path: Path, into: Collection): void {
  if (path.start.kind === 'expression') inExpression(path.start.expression, into);
  if (into.data === true && (path.start.kind === 'dollar' || path.start.kind === 'key')) {
    into.found.push({ variable: '$', keys: [], exact: true, offset: path.offset });
  }
  if (path.start.kind === 'variable') into.found.push(...uses(path, path.start.name));
  for (const step of path.steps) if (step.kind === 'method') inMethod(step, into);
  // Inside braces `$` is the value before them.
  if (path.selection !== null) inSelection(path.selection, { ...into, data: false });
}

function inMethod({ name, args, offset }: Extract<Step, { kind: 'method' }>, into: Collection): void {
  into.calls?.push({ name, offset });
  const [target] = args;
  if (name === 'as' && target?.kind === 'path' && target.start.kind === 'variable') into.bound.add(target.start.name);
  for (const arg of args) inExpression(arg, into);
}

function inExpression(expression: Expression, into: Collection): void {
  if (expression.kind === 'path') inPath(expression, into);
  else if (expression.kind === 'selection') inSelection(expression, into);
  else if (expression.kind === 'array') for (const item of expression.items) inExpression(item, into);
  else if (expression.kind === 'fallback') for (const operand of expression.operands) inExpression(operand, into);
}

function uses(path: Path, variable: string): Reference[] {
  const { keys, exact } = leadingKeys(path);
  const whole: Reference = { variable, keys, exact, offset: path.offset };
  if (!exact || path.selection === null) return [whole];
  const inner = path.selection.items.flatMap((item) => innerUses(item.value, whole));
  return inner.length === 0 ? [whole] : inner;
}

function innerUses(value: Expression, outer: Reference): Reference[] {
  if (value.kind === 'selection') return value.items.flatMap((item) => innerUses(item.value, outer));
  if (value.kind !== 'path') return [];
  if (value.start.kind !== 'key' && value.start.kind !== 'dollar') return [];
  const first = value.start.kind === 'key' ? [value.start.key] : [];
  const { keys, exact } = leadingKeys(value);
  const reference = { ...outer, keys: [...outer.keys, ...first, ...keys], exact, offset: value.offset };
  if (!exact || value.selection === null) return [reference];
  return value.selection.items.flatMap((item) => innerUses(item.value, reference));
}

function leadingKeys(path: Path): { readonly keys: readonly string[]; readonly exact: boolean } {
  const keys: string[] = [];
  for (const step of path.steps) {
    if (step.kind === 'method') return { keys, exact: false };
    if (step.kind === 'key') keys.push(step.key);
  }
  return { keys, exact: true };
}
