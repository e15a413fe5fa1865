export interface User {
  readonly id: string;
  readonly email: string;
  readonly handle: string;
  displayName: string;
  readonly tier: 'BASIC' | 'SILVER' | 'GOLD';
  readonly memberSince: string;
  address: Address;
  readonly riskScore: number;
}

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly country: string;
}

export interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly placedAt: string;
  readonly status: 'PLACED' | 'SHIPPED' | 'DELIVERED';
  readonly warehouseId: string | null;
  readonly lines: readonly OrderLine[];
}

export interface OrderLine {
  readonly vendor: string;
  readonly number: string;
  readonly quantity: number;
}

function user(
  id: string,
  handle: string,
  displayName: string,
  tier: User['tier'],
  memberSince: string,
  [street, city, country]: readonly [string, string, string],
  riskScore: number,
): User {
  const address = { street, city, country };
  return { id, email: `${handle}@shop.example`, handle, displayName, tier, memberSince, address, riskScore };
}

export const users: readonly User[] = [
  user('u1', 'ada', 'Ada Okafor', 'GOLD', '2017-03-02', ['Canal Street 4', 'Amsterdam', 'NL'], 3),
  user('u2', 'bruno', 'Bruno Salas', 'SILVER', '2019-11-20', ['Calle Luna 18', 'Madrid', 'ES'], 12),
  user('u3', 'chidi', 'Chidi Mensah', 'BASIC', '2023-06-14', ['Ring Road 77', 'Accra', 'GH'], 41),
  user('u4', 'dora', 'Dora Lindqvist', 'GOLD', '2018-01-09', ['Hamngatan 2', 'Gothenburg', 'SE'], 5),
  user('u5', 'emil', 'Emil Novak', 'BASIC', '2024-02-28', ['Na Kopci 9', 'Brno', 'CZ'], 78),
  user('u6', 'farah', 'Farah Aziz', 'SILVER', '2020-08-05', ['Palm Avenue 31', 'Karachi', 'PK'], 9),
  user('u7', 'goro', 'Goro Tanaka', 'GOLD', '2016-05-30', ['Hill Lane 6', 'Osaka', 'JP'], 1),
  user('u8', 'hanna', 'Hanna Berger', 'BASIC', '2021-12-17', ['Lindenweg 15', 'Graz', 'AT'], 23),
];

function order(
  id: string,
  customerId: string,
  placedAt: string,
  status: Order['status'],
  warehouseId: string | null,
  lines: readonly (readonly [vendor: string, number: string, quantity: number])[],
): Order {
  const named = lines.map(([vendor, number, quantity]) => ({ vendor, number, quantity }));
  return { id, customerId, placedAt, status, warehouseId, lines: named };
}

export const orders: readonly Order[] = [
  order('o1', 'u1', '2025-01-12', 'DELIVERED', 'ams', [
    ['LH', '01', 1],
    ['NW', '20', 2],
  ]),
  order('o2', 'u1', '2025-03-03', 'SHIPPED', 'mad', [['BR', '30', 1]]),
  order('o3', 'u1', '2025-04-21', 'PLACED', null, [
    ['LH', '02', 1],
    ['BR', '31', 1],
    ['OK', '11', 1],
  ]),
  order('o4', 'u2', '2025-02-17', 'DELIVERED', 'mad', [['OK', '10', 1]]),
  order('o5', 'u4', '2025-03-29', 'SHIPPED', 'got', [
    ['TP', '04', 3],
    ['BR', '32', 1],
  ]),
  order('o6', 'u6', '2025-04-02', 'PLACED', null, [['NW', '21', 1]]),
  order('o7', 'u7', '2024-12-24', 'DELIVERED', 'osa', [
    ['BR', '30', 2],
    ['TP', '03', 1],
  ]),
  order('o8', 'u8', '2025-04-18', 'SHIPPED', 'ams', [['OK', '12', 4]]),
];
