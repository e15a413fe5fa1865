import { type Comprehension, childrenOf, dottedName, type Node, rootName } from './ast';
import { TypeValue, VALUE_KINDS } from './values';

/** What a name stands for. */
type Resolution =
  | { readonly kind: 'variable'; readonly name: string }
  /** Of a macro: the place of its value in the frame. */
  | { readonly kind: 'local'; readonly slot: number }
  | { readonly kind: 'type'; readonly value: TypeValue }
  | { readonly kind: 'unknown'; readonly name: string };

export interface Resolved {
  /** Of names, and of selections that spell a dotted name as a whole. */
  readonly names: ReadonlyMap<Node, Resolution>;
  /** Places of the variables of macros, first to last. */
  readonly slots: ReadonlyMap<Node, readonly number[]>;
  /** How many places a frame needs. */
  readonly slotCount: number;
}

export const TYPE_VALUES: ReadonlyMap<string, TypeValue> = new Map(
  VALUE_KINDS.map((name) => [name, new TypeValue(name)]),
);

/** Finds what each name means: the innermost variable of a macro, a declared variable, the name of a type. */
export function resolveNames(root: Node, isVariable: (name: string) => boolean): Resolved {
  const resolver = new Resolver(isVariable);
  resolver.visit(root);
  return { names: resolver.names, slots: resolver.slots, slotCount: resolver.slotCount };
}

class Resolver {
  readonly names = new Map<Node, Resolution>();
  readonly slots = new Map<Node, readonly number[]>();
  readonly #scope: string[] = [];
  slotCount = 0;

  constructor(readonly isVariable: (name: string) => boolean) {}

  visit(node: Node): void {
    switch (node.kind) {
      case 'constant':
        return;
      case 'name':
        this.#nameOrUnknown(node);
        return;
      case 'select':
        if (!this.#dotted(node)) this.visit(node.operand);
        return;
      case 'comprehension':
        this.#comprehension(node);
        return;
      case 'bind':
        this.visit(node.value);
        this.#within(node, [node.name], [node.body]);
        return;
      case 'optionalMap':
        this.visit(node.operand);
        this.#within(node, [node.name], [node.body]);
        return;
      default:
        for (const child of childrenOf(node)) this.visit(child);
    }
  }

  #comprehension(node: Comprehension): void {
    this.visit(node.range);
    this.#within(node, node.names, node.filter === null ? [node.body] : [node.filter, node.body]);
  }

  #within(node: Node, names: readonly string[], bodies: readonly Node[]): void {
    const first = this.#scope.length;
    this.slots.set(
      node,
      names.map((_, index) => first + index),
    );
    this.#scope.push(...names);
    this.slotCount = Math.max(this.slotCount, this.#scope.length);
    for (const body of bodies) this.visit(body);
    this.#scope.length = first;
  }

  #nameOrUnknown(node: Extract<Node, { kind: 'name' }>): void {
    const slot = node.absolute ? -1 : this.#scope.lastIndexOf(node.name);
    if (slot !== -1) this.names.set(node, { kind: 'local', slot });
    else this.names.set(node, this.#global(node.name) ?? { kind: 'unknown', name: node.name });
  }

  #global(name: string): Resolution | undefined {
    if (this.isVariable(name)) return { kind: 'variable', name };
    const value = TYPE_VALUES.get(name);
    return value === undefined ? undefined : { kind: 'type', value };
  }

  /** Whether a selection spells a name that is known as a whole, unless it begins with a variable of a macro. */
  #dotted(node: Node): boolean {
    const root = rootName(node);
    const name = dottedName(node);
    if (root === null || name === null || (!root.absolute && this.#scope.includes(root.name))) return false;
    const found = this.#global(name);
    if (found === undefined) return false;
    this.names.set(node, found);
    return true;
  }
}
