import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';

const SUBGRAPHS = `subgraphs:
  products: { schema: { introspect: true }, url: "http://127.0.0.1:4001/" }
  reviews: { schema: { introspect: true }, url: "http://127.0.0.1:4002/" }
`;

describe('routing', () => {
  const configFolder = configFolders();
  const load = (rules: string) =>
    loadConfig({ path: configFolder().write('headgate.yaml', `${SUBGRAPHS}routing:\n${rules}`), env: {} });

  it('gives each subgraph its rules, in order', async () => {
    const { config } = await load(`
  - { subgraphs: [products], when: 'request.headers["x-canary"] == "1"', instances: { tags: { version: v2 } } }
  - { name: five, subgraphs: [products, reviews], percent: 5, sticky: "request.auth.claims.sub", instances: { tags: { version: v2 }, fallback: false } }
`);
    const five = { name: 'five', when: null, percent: 5, sticky: 'request.auth.claims.sub', fallback: false };
    expect(config.subgraphs.get('products')?.routing).toEqual([
      {
        name: 'routing[0]',
        when: 'request.headers["x-canary"] == "1"',
        percent: null,
        sticky: null,
        tags: { version: 'v2' },
        fallback: true,
      },
      { ...five, tags: { version: 'v2' } },
    ]);
    expect(config.subgraphs.get('reviews')?.routing).toEqual([{ ...five, tags: { version: 'v2' } }]);
    expect(config.optionsFor('reviews', 'graphql', {}).routing).toHaveLength(1);
    expect(config.optionsFor('other', 'graphql', {})).not.toHaveProperty('routing');
  });

  it('keeps rules about copies apart', async () => {
    const { config } = await load(`
  - { subgraphs: [products], mirror: { tags: { version: v2 } }, percent: 1 }
`);
    const { routing, mirrors } = config.subgraphs.get('products') ?? {};
    expect(routing).toBeUndefined();
    expect(mirrors).toEqual([{ name: 'routing[0]', when: null, percent: 1, sticky: null, tags: { version: 'v2' } }]);
  });

  it.each([
    [
      '{ subgraphs: [products], when: "request.header.a", instances: { tags: { a: b } } }',
      /headgate.yaml:5:\d+ routing.0.when: 1:9 .*did you mean headers/s,
    ],
    ['{ subgraphs: [products], when: "1", instances: { tags: { a: b } } }', /routing.0.when: 1:1 .*bool/],
    [
      '{ subgraphs: [products], when: "request.body == 1", instances: { tags: { a: b } } }',
      /routing.0.when: 1:9 request has no field body/,
    ],
    [
      '{ subgraphs: [product], instances: { tags: { a: b } } }',
      /routing.0.subgraphs.0: no such subgraph; did you mean products\?/,
    ],
    ['{ subgraphs: [], instances: { tags: { a: b } } }', /routing.0.subgraphs: must be at least 1 entries long/],
    [
      '{ subgraphs: [products], instances: { tags: {} } }',
      /routing.0.instances.tags: expected a tag, e.g. version: v2/,
    ],
    [
      '{ subgraphs: [products], percent: 101, instances: { tags: { a: b } } }',
      /routing.0.percent: must be at most 100/,
    ],
    [
      '{ subgraphs: [products], sticky: "request.client.id", instances: { tags: { a: b } } }',
      /routing.0.sticky: .*give percent as well/,
    ],
    ['{ subgraphs: [products] }', /routing.0: expected one of instances and mirror/],
    ['{ name: "a b", subgraphs: [products], instances: { tags: { a: b } } }', /routing.0.name: expected a letter/],
  ])('refuses %s', async (given, message) => {
    await expect(load(`  - ${given}\n`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });
});
