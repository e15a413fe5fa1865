import { GraphQLError } from 'graphql';
import { type Address, type Order, type OrderLine, orders, type User, users } from './data';

type UserKey = { readonly id: string } | { readonly email: string };

interface ProfileChange {
  readonly userId: string;
  readonly displayName?: string | null;
  readonly address?: Address | null;
}

function findUser(key: UserKey): User | null {
  return users.find((user) => ('id' in key ? user.id === key.id : user.email === key.email)) ?? null;
}

function updateProfile({ userId, displayName, address }: ProfileChange): User {
  const user = findUser({ id: userId });
  if (user === null) throw new GraphQLError(`no user has the id ${userId}`, { extensions: { code: 'NOT_FOUND' } });
  if (displayName != null) user.displayName = displayName;
  if (address != null) user.address = address;
  return user;
}

export const resolvers = {
  Query: {
    me: () => users[0],
    user: (_: unknown, { id }: { id: string }) => findUser({ id }),
    users: (_: unknown, { tier, first }: { tier?: User['tier'] | null; first: number }) =>
      users.filter((user) => tier == null || user.tier === tier).slice(0, Math.max(0, first)),
    order: (_: unknown, { id }: { id: string }) => orders.find((order) => order.id === id) ?? null,
  },
  Mutation: {
    updateProfile: (_: unknown, { input }: { input: ProfileChange }) => updateProfile(input),
  },
  User: {
    __resolveReference: findUser,
    orders: (user: User, { first }: { first: number }) =>
      orders
        .filter((order) => order.customerId === user.id)
        .sort((a, b) => b.placedAt.localeCompare(a.placedAt))
        .slice(0, Math.max(0, first)),
  },
  Order: {
    __resolveReference: ({ id }: { id: string }) => orders.find((order) => order.id === id) ?? null,
    customer: (order: Order) => findUser({ id: order.customerId }),
    shippedFrom: (order: Order) => (order.warehouseId === null ? null : { id: order.warehouseId }),
  },
  OrderLine: {
    product: ({ vendor, number }: OrderLine) => ({ code: { vendor, number } }),
  },
};
