import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../gateway/package-root';

const FOLDER = join(packageRoot, 'test', 'bench', 'federation');

export const SUBGRAPHS = ['accounts', 'inventory', 'products', 'reviews'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

export const OPERATIONS = ['test-query', 'small', 'medium'] as const;
export type OperationName = (typeof OPERATIONS)[number];

const VARIABLES: Readonly<Partial<Record<OperationName, string>>> = { medium: 'medium.variables.json' };

const read = (...path: string[]) => readFileSync(join(FOLDER, ...path), 'utf8');

export interface Rows {
  readonly users: readonly { readonly id: string; readonly name: string; readonly username: string }[];
  readonly products: readonly { readonly upc: string; readonly price: number; readonly weight: number }[];
  readonly inventory: readonly { readonly upc: string; readonly inStock: boolean }[];
  readonly reviews: readonly {
    readonly id: string;
    readonly body: string;
    readonly product: { readonly upc: string };
  }[];
}

export const readRows = (): Rows => JSON.parse(read('data.json'));

export const readSubgraphSdl = (name: SubgraphName): string => read('subgraphs', `${name}.graphql`);

/** The supergraph, its subgraphs at `origin/<name>`. */
export const supergraphAt = (origin: string): string =>
  read('supergraph.graphql').replaceAll('http://127.0.0.1:4200', origin);

/** The body that a client posts for an operation. */
export function requestBody(name: OperationName): string {
  const variables = VARIABLES[name];
  const query = read('operations', `${name}.graphql`);
  if (variables === undefined) return JSON.stringify({ query });
  return JSON.stringify({ query, variables: JSON.parse(read('operations', variables)) });
}
