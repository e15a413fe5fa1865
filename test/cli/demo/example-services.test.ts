import { join } from 'node:path';
import { exampleServices } from '../../../gateway/cli/demo/example-services';
import { loadConfig } from '../../../gateway/config/load';
import { packageRoot } from '../../../gateway/package-root';

describe('exampleServices', () => {
  it('finds the six processes, three of them products of different weight', async () => {
    const { config } = await loadConfig({ path: join(packageRoot, 'schema', 'headgate.yaml'), env: {} });
    const found = exampleServices(config).map(({ instance, port, weight, kind }) => [instance, port, weight, kind]);
    expect(found).toEqual([
      ['accounts', 4004, 1, 'graphql'],
      ['products-1', 4001, 3, 'graphql'],
      ['products-2', 4002, 2, 'graphql'],
      ['products-3', 4003, 1, 'graphql'],
      ['reviews', 4005, 1, 'graphql'],
      ['inventory', 4010, 1, 'rest'],
    ]);
  });
});
