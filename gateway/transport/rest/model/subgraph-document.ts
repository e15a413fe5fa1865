import type { ArgumentNode, ASTNode, ObjectFieldNode, TypeDefinitionNode } from 'graphql';

/** One subgraph with its connect directives, wherever it was read from. */
export interface SubgraphDocument {
  readonly name: string;
  /** Types of this subgraph without any directive, each defined once; operation types are named here, not among them. */
  readonly types: readonly TypeDefinitionNode[];
  readonly operationTypes: Readonly<Partial<Record<'query' | 'mutation', string>>>;
  readonly keys: ReadonlyMap<string, readonly EntityKey[]>;
  /** What `@key` is called here. */
  readonly keyDirective: string;
  /** `Type.field` that the subgraph declares external: somebody else resolves it. */
  readonly external: ReadonlySet<string>;
  readonly sources: readonly Application[];
  readonly connects: readonly Application[];
}

export interface EntityKey {
  /** A field set, e.g. `id store { id }`. */
  readonly fields: string;
  readonly resolvable: boolean;
}

/** One use of `@source` or `@connect`. */
export interface Application {
  /** Null on the schema. */
  readonly typeName: string | null;
  /** Null on a type. */
  readonly fieldName: string | null;
  /** Counts the uses at the same place. */
  readonly index: number;
  readonly args: readonly (ArgumentNode | ObjectFieldNode)[];
  readonly node: ASTNode;
}

export function coordinateOf({ typeName, fieldName }: Pick<Application, 'typeName' | 'fieldName'>): string {
  if (typeName === null) return 'schema';
  return fieldName === null ? typeName : `${typeName}.${fieldName}`;
}
