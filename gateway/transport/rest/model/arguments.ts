import type { ArgumentNode, ASTNode, ListValueNode, ObjectFieldNode, StringValueNode, ValueNode } from 'graphql';
import { meant } from './meant';
import { positionOf } from './position';
import type { Problems } from './problems';

/** The arguments of one directive, or one object among them, read with their types checked. */
export class Arguments {
  readonly #values: ReadonlyMap<string, ValueNode>;
  readonly #problems: Problems;
  readonly coordinate: string;
  readonly node: ASTNode;

  constructor(
    nodes: readonly (ArgumentNode | ObjectFieldNode)[],
    node: ASTNode,
    site: { readonly problems: Problems; readonly coordinate: string },
  ) {
    this.#values = new Map(nodes.map(({ name, value }) => [name.value, value]));
    this.#problems = site.problems;
    this.coordinate = site.coordinate;
    this.node = node;
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  valueNode(name: string): ASTNode {
    return this.#values.get(name) ?? this.node;
  }

  /** Reports every argument that is not among `known`. */
  only(known: readonly string[], where: string): void {
    for (const [name, value] of this.#values) {
      if (known.includes(name)) continue;
      this.#refuse(value, `${where} has no argument \`${name}\`${meant(name, known)}; it has ${known.join(', ')}`);
    }
  }

  string(name: string): StringValueNode | null {
    return this.#typed(name, 'a string', (value) => (value.kind === 'StringValue' ? value : null));
  }

  boolean(name: string): boolean {
    return (
      this.#typed(name, 'true or false', (value) => (value.kind === 'BooleanValue' ? value : null))?.value ?? false
    );
  }

  integer(name: string): number | null {
    const node = this.#typed(name, 'an integer', (value) => (value.kind === 'IntValue' ? value : null));
    return node === null ? null : Number(node.value);
  }

  object(name: string): Arguments | null {
    const node = this.#typed(name, 'an object', (value) => (value.kind === 'ObjectValue' ? value : null));
    if (node === null) return null;
    return new Arguments(node.fields, node, { problems: this.#problems, coordinate: this.coordinate });
  }

  objects(name: string): readonly Arguments[] {
    const node = this.#typed(name, 'a list', listOf);
    return (node?.values ?? []).flatMap((value) => {
      if (value.kind === 'ObjectValue') {
        return [new Arguments(value.fields, value, { problems: this.#problems, coordinate: this.coordinate })];
      }
      this.#refuse(value, `\`${name}\` must hold objects`);
      return [];
    });
  }

  #typed<Node extends { readonly kind: string }>(
    name: string,
    wanted: string,
    read: (value: ValueNode) => Node | null,
  ) {
    const value = this.#values.get(name);
    if (value === undefined || value.kind === 'NullValue') return null;
    const node = read(value);
    if (node === null) this.#refuse(value, `\`${name}\` must be ${wanted}`);
    return node;
  }

  #refuse(node: ASTNode, message: string): void {
    this.#problems.add('ARGUMENT_INVALID', message, this.coordinate, positionOf(node));
  }
}

/** GraphQL lets one object stand for a list of one. */
function listOf(value: ValueNode): Pick<ListValueNode, 'kind' | 'values'> | null {
  if (value.kind === 'ListValue') return value;
  return value.kind === 'ObjectValue' ? { kind: 'ListValue' as ListValueNode['kind'], values: [value] } : null;
}
