import { join } from 'node:path';
import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';
import { contractConfig } from '../fixtures/contract-config';
import { testCertificate } from '../fixtures/test-certificate';

const NO_ENV = { env: {} };

describe('loadConfig', () => {
  const configFolder = configFolders();

  function contract() {
    const { folder, write } = configFolder();
    write('cert.pem', testCertificate.cert);
    write('key.pem', testCertificate.key);
    return { folder, path: write('headgate.yaml', contractConfig) };
  }

  it('accepts every key of the contract', async () => {
    const { folder, path } = contract();
    const { config } = await loadConfig({ path, ...NO_ENV });
    expect(config).toMatchObject({
      server: {
        listen: [{ host: '127.0.0.1', port: 4000 }],
        path: '/graphql',
        requestBytesMax: 1_000_000,
        timeoutMs: 30_000,
        graphiql: true,
        introspection: true,
        exposeQueryPlan: false,
        exposeErrorDetails: false,
        responseCodes: 'audit',
        drainMs: 30_000,
      },
      admin: { listen: { host: '127.0.0.1', port: 4400 }, token: null },
      supergraph: { source: 'subgraphs', path: null, checkpoint: join(folder, '.headgate/last-good') },
      limits: { max_depth: { max: 50, mode: 'enforce' }, max_expanded_selections: { max: 2000, mode: 'enforce' } },
      planning: { deadlineMs: 2000, queueMax: 1000, cacheMax: 2000, workers: 1 },
      registry: {
        directory: join(folder, '.headgate/registry'),
        retention: { revisionsMax: 1000, ageMs: 90 * 86_400_000 },
      },
      log: { level: 'info', format: 'auto' },
      workers: 1,
    });
    expect([...config.subgraphs.keys()]).toEqual(['products', 'reviews', 'accounts', 'shipping', 'inventory']);
  });

  it('names the sources of the supergraph by absolute path', async () => {
    const { folder, path } = contract();
    const { config } = await loadConfig({ path, ...NO_ENV });
    expect(config.supergraph.subgraphs.filter(({ name }) => name !== 'accounts' && name !== 'shipping')).toEqual([
      {
        name: 'products',
        url: 'http://127.0.0.1:4001/graphql',
        schema: { file: join(folder, 'schema/products.graphql') },
      },
      {
        name: 'reviews',
        url: 'http://127.0.0.1:4003/graphql',
        schema: { introspect: ['http://127.0.0.1:4003/graphql'] },
      },
      { name: 'inventory', url: '', schema: { file: join(folder, 'schema/inventory.rest.graphql') } },
    ]);
  });

  it('lists the keys that it accepts in vain', async () => {
    const { config } = await loadConfig({ path: contract().path, ...NO_ENV });
    expect([...config.notInEffect].sort()).toEqual(['cache', 'subscriptions', 'telemetry.metrics']);
  });

  it('names the file and those that it refers to, for watching', async () => {
    const { folder, path } = contract();
    const { files } = await loadConfig({ path, ...NO_ENV });
    expect([...files].sort()).toEqual([join(folder, 'cert.pem'), path, join(folder, 'key.pem')].sort());
  });

  it('freezes what it returns', async () => {
    const { config } = await loadConfig({ path: contract().path, ...NO_ENV });
    const products = config.subgraphs.get('products');
    for (const value of [
      config,
      config.server,
      config.server.listen,
      products,
      products?.pools.graphql?.instances[0],
    ]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it('needs no file when a supergraph is given', async () => {
    const { folder, write } = configFolder();
    const supergraph = write('supergraph.graphql', '');
    const directory = process.cwd();
    process.chdir(folder);
    try {
      const loaded = await loadConfig({ supergraph: 'supergraph.graphql', port: 0, ...NO_ENV });
      expect(loaded.path).toBeNull();
      expect(loaded.config.supergraph).toEqual({ source: 'file', path: supergraph, checkpoint: null, subgraphs: [] });
      expect(loaded.config.server.listen).toEqual([{ host: '127.0.0.1', port: 0 }]);
    } finally {
      process.chdir(directory);
    }
  });

  it('is a registry when there is neither a file nor a supergraph', async () => {
    const directory = process.cwd();
    process.chdir(configFolder().folder);
    try {
      const { config } = await loadConfig(NO_ENV);
      expect(config.supergraph.source).toBe('registry');
    } finally {
      process.chdir(directory);
    }
  });

  it('lets the command line win over the file', async () => {
    const { folder, write } = configFolder();
    const path = write('headgate.yaml', 'server: { listen: 4000 }');
    const supergraph = join(folder, 'other.graphql');
    const { config } = await loadConfig({ path, host: '0.0.0.0', port: 8080, workers: 2, supergraph, ...NO_ENV });
    expect(config.server.listen).toEqual([{ host: '0.0.0.0', port: 8080 }]);
    expect(config.workers).toBe(2);
    expect(config.supergraph).toMatchObject({ source: 'file', path: supergraph });
  });

  it('switches on what helps developers with --dev', async () => {
    const path = configFolder().write(
      'headgate.yaml',
      'graphiql: { enabled: false }\nintrospection: { enabled: false }',
    );
    const { config } = await loadConfig({ path, dev: true, ...NO_ENV });
    expect(config.server).toMatchObject({
      graphiql: true,
      introspection: true,
      exposeQueryPlan: true,
      exposeErrorDetails: true,
    });
  });

  it('moves the admin listener with HEADGATE_ADMIN_PORT', async () => {
    const path = configFolder().write('headgate.yaml', '');
    const { config } = await loadConfig({ path, env: { HEADGATE_ADMIN_PORT: '4401' } });
    expect(config.admin?.listen).toEqual({ host: '127.0.0.1', port: 4401 });
  });

  it('locks the admin listener with HEADGATE_ADMIN_TOKEN, unless the file has a token', async () => {
    const env = { HEADGATE_ADMIN_TOKEN: 'from-outside' };
    const { config } = await loadConfig({ path: configFolder().write('headgate.yaml', ''), env });
    expect(config.admin?.token).toBe('from-outside');
    const path = configFolder().write('headgate.yaml', 'admin: { token: from-file }');
    expect((await loadConfig({ path, env })).config.admin?.token).toBe('from-file');
  });

  it('refuses a HEADGATE_ADMIN_TOKEN that no header can carry, without showing it', async () => {
    const path = configFolder().write('headgate.yaml', '');
    const refused = loadConfig({ path, env: { HEADGATE_ADMIN_TOKEN: 'two words' } });
    await expect(refused).rejects.toThrow('HEADGATE_ADMIN_TOKEN: expected letters, digits');
    await expect(refused).rejects.not.toThrow('two words');
  });

  it('refuses a HEADGATE_ADMIN_PORT that is no port', async () => {
    const path = configFolder().write('headgate.yaml', '');
    await expect(loadConfig({ path, env: { HEADGATE_ADMIN_PORT: '70000' } })).rejects.toThrow(
      'HEADGATE_ADMIN_PORT: expected a port from 0 to 65535, found "70000"',
    );
  });

  it('switches the admin listener off', async () => {
    const path = configFolder().write('headgate.yaml', 'admin: false');
    const { config } = await loadConfig({ path, env: { HEADGATE_ADMIN_PORT: '4401' } });
    expect(config.admin).toBeNull();
  });

  it.each([
    ['false', null],
    ['{ revisions: 5 }', { revisionsMax: 5, ageMs: 90 * 86_400_000 }],
    ['{ age: 0ms }', { revisionsMax: 1000, ageMs: 0 }],
  ])('reads registry.retention: %s', async (text, retention) => {
    const path = configFolder().write('headgate.yaml', `registry: { retention: ${text} }`);
    expect((await loadConfig({ path, ...NO_ENV })).config.registry.retention).toEqual(retention);
  });

  it.each([
    ['{ revisions: 0 }', 'registry.retention.revisions'],
    ['{ age: 90 }', 'add a unit, e.g. 90d'],
    ['{ age: 11y }', 'such as 12h or 90d'],
    ['true', 'registry.retention: expected revisions and age, or false to keep everything'],
  ])('refuses registry.retention: %s', async (text, message) => {
    const path = configFolder().write('headgate.yaml', `registry: { retention: ${text} }`);
    await expect(loadConfig({ path, ...NO_ENV })).rejects.toThrow(message);
  });

  it('says which file is missing and what helps', async () => {
    const path = join(configFolder().folder, 'headgate.yaml');
    await expect(loadConfig({ path, ...NO_ENV })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${path} no such file; name another one with --config FILE, or start with --supergraph FILE`,
    });
  });
});
