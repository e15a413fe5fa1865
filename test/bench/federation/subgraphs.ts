import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper';
import { type GraphQLSchema, parse } from 'graphql';
import { type Rows, readRows, readSubgraphSdl, type SubgraphName } from './federation';

interface Product {
  readonly upc: string;
}

function resolversOf(name: SubgraphName, { users, products, inventory, reviews }: Rows): GraphQLResolverMap<unknown> {
  const userById = ({ id }: { readonly id: string }) => users.find((user) => user.id === id) ?? null;
  const sameUpc = ({ upc }: Product) => {
    return (row: Product) => row.upc === upc;
  };
  const bySubgraph: Record<SubgraphName, GraphQLResolverMap<unknown>> = {
    accounts: {
      Query: {
        me: () => users[0],
        users: () => users,
        user: (_: unknown, key: { readonly id: string }) => userById(key),
      },
      User: { __resolveReference: userById },
    },
    inventory: {
      Product: {
        __resolveReference: (key: Product) => ({ ...key, ...inventory.find(sameUpc(key)) }),
        shippingEstimate: () => null,
      },
    },
    products: {
      Query: { topProducts: (_: unknown, { first }: { readonly first: number }) => products.slice(0, first) },
      Product: { __resolveReference: (key: Product) => products.find(sameUpc(key)) ?? null },
    },
    reviews: {
      Review: {
        __resolveReference: (key: { readonly id: string }) => reviews.find((review) => review.id === key.id) ?? null,
        author: () => ({ id: '1', username: 'urigo' }),
      },
      User: {
        __resolveReference: ({ id }: { readonly id: string }) => ({ id, username: 'user' }),
        reviews: () => reviews.slice(0, 2),
      },
      Product: { reviews: (key: Product) => reviews.filter((review) => review.product.upc === key.upc) },
    },
  };
  return bySubgraph[name];
}

/** An executable schema of one of the benchmark's subgraphs. */
export function buildSubgraph(name: SubgraphName): GraphQLSchema {
  return buildSubgraphSchema({ typeDefs: parse(readSubgraphSdl(name)), resolvers: resolversOf(name, readRows()) });
}
