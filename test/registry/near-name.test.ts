import { nearName } from '../../gateway/registry/near-name';

describe('a near name', () => {
  it.each([
    ['productz', 'products'],
    ['product', 'products'],
    ['prodcuts', 'products'],
    ['Products', 'products'],
    ['user', 'users'],
    ['order_history', 'order-history'],
    ['orderHistory', 'order-history'],
    ['eu-productz', 'eu-products'],
    ['recomendatoins', 'recommendations'],
  ])('%s is near %s', (name, existing) => {
    expect(nearName(name, ['accounts', existing])).toBe(existing);
  });

  it.each([
    ['team2', 'team1'],
    ['team-b', 'team-a'],
    ['b', 'a'],
    ['products-v2', 'products-v1'],
    ['eu-products', 'us-products'],
    ['serviceB', 'serviceA'],
    ['cart', 'card'],
    ['reviews', 'accounts'],
    ['products', 'products'],
    ['products-admin', 'products'],
  ])('%s is not near %s', (name, existing) => {
    expect(nearName(name, [existing])).toBeNull();
  });
});
