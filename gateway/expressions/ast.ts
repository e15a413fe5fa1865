/** A part of an expression. `at` is where its operator or its first character stands, in characters from the beginning. */
export type Node =
  | Constant
  | Name
  | Select
  | Index
  | Call
  | Logic
  | Conditional
  | ListLiteral
  | MapLiteral
  | Comprehension
  | Bind
  | OptionalMap;

export interface Constant {
  readonly kind: 'constant';
  readonly at: number;
  readonly value: null | boolean | bigint | number | string | Uint8Array | import('./values').Uint;
}

export interface Name {
  readonly kind: 'name';
  readonly at: number;
  readonly name: string;
  /** Written with a leading dot: never a variable of a macro. */
  readonly absolute: boolean;
}

/** `a.b`, `a.?b`, `has(a.b)`. */
interface Select {
  readonly kind: 'select';
  readonly at: number;
  readonly operand: Node;
  readonly field: string;
  readonly optional: boolean;
  readonly test: boolean;
}

/** `a[b]`, `a[?b]`. */
interface Index {
  readonly kind: 'index';
  readonly at: number;
  readonly operand: Node;
  readonly index: Node;
  readonly optional: boolean;
}

/** A function, a method (then it has a receiver) or an operator (then its name is `_+_` and the like). */
export interface Call {
  readonly kind: 'call';
  readonly at: number;
  readonly name: string;
  readonly receiver: Node | null;
  readonly args: readonly Node[];
}

/** `a && b && c`: a chain is one node, so that rules of many clauses are not deep. */
interface Logic {
  readonly kind: 'and' | 'or';
  readonly at: number;
  readonly terms: readonly Node[];
}

interface Conditional {
  readonly kind: 'conditional';
  readonly at: number;
  readonly condition: Node;
  readonly consequent: Node;
  readonly alternate: Node;
}

export interface ListLiteral {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly { readonly value: Node; readonly optional: boolean }[];
}

export interface MapLiteral {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly { readonly key: Node; readonly value: Node; readonly optional: boolean }[];
}

export type MacroName = 'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'transformList' | 'transformMap';

/** A macro over a list or a map. With two names they are index and element, or key and value. */
export interface Comprehension {
  readonly kind: 'comprehension';
  readonly at: number;
  readonly macro: MacroName;
  readonly range: Node;
  readonly names: readonly string[];
  readonly filter: Node | null;
  readonly body: Node;
}

/** `cel.bind(name, value, body)`. */
interface Bind {
  readonly kind: 'bind';
  readonly at: number;
  readonly name: string;
  readonly value: Node;
  readonly body: Node;
}

/** `optional.optMap(name, body)`, and `optFlatMap`, whose body is an optional itself. */
interface OptionalMap {
  readonly kind: 'optionalMap';
  readonly at: number;
  readonly operand: Node;
  readonly name: string;
  readonly body: Node;
  readonly flat: boolean;
}

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'select':
      return [node.operand];
    case 'index':
      return [node.operand, node.index];
    case 'call':
      return node.receiver === null ? node.args : [node.receiver, ...node.args];
    case 'and':
    case 'or':
      return node.terms;
    case 'conditional':
      return [node.condition, node.consequent, node.alternate];
    case 'list':
      return node.items.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'comprehension':
      return node.filter === null ? [node.range, node.body] : [node.range, node.filter, node.body];
    case 'bind':
      return [node.value, node.body];
    case 'optionalMap':
      return [node.operand, node.body];
  }
}

/** How many nodes there are, and the longest way down. Without recursion, since it is what keeps recursion short. */
export function measure(root: Node): { readonly nodes: number; readonly depth: number; readonly deepest: Node } {
  let nodes = 0;
  let depth = 0;
  let deepest = root;
  const waiting: [Node, number][] = [[root, 1]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [node, level] = next;
    nodes += 1;
    if (level > depth) [depth, deepest] = [level, node];
    for (const child of childrenOf(node)) waiting.push([child, level + 1]);
  }
  return { nodes, depth, deepest };
}

/** The dotted name that a chain of selections spells, e.g. `a.b.c`; null when it is more than that. */
export function dottedName(node: Node): string | null {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'select' || node.optional || node.test) return null;
  const above = dottedName(node.operand);
  return above === null ? null : `${above}.${node.field}`;
}

/** The name at the beginning of a chain of selections. */
export function rootName(node: Node): Name | null {
  if (node.kind === 'name') return node;
  return node.kind === 'select' ? rootName(node.operand) : null;
}
