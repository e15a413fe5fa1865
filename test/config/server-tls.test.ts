import { rmSync } from 'node:fs';
import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';
import { TestAuthority } from '../fixtures/test-authority';

describe('server.tls', () => {
  const configFolder = configFolders();
  const authority = new TestAuthority();
  const pair = authority.issue('gateway');

  function folder(yaml: string) {
    const { write } = configFolder();
    const files = [write('tls.crt', pair.cert), write('tls.key', pair.key), write('ca.crt', authority.cert)];
    return { path: write('headgate.yaml', yaml), files, write };
  }

  it('is read of files, which are watched', async () => {
    const { path, files } = folder(
      'server: { tls: { cert: ./tls.crt, key: tls.key, client_ca: ./ca.crt, client_auth: require } }',
    );
    const loaded = await loadConfig({ path, env: {} });
    expect(loaded.config.clients.tls).toEqual({ ...pair, clientCa: authority.cert, clientAuth: 'require' });
    expect(loaded.config.server.isSecure).toBe(true);
    expect(loaded.files).toEqual(expect.arrayContaining(files));
    expect(JSON.stringify(loaded.shown?.())).not.toContain('PRIVATE');
  });

  it('is read of texts', async () => {
    const { path } = folder(`server: { tls: { cert: "\${file.tls.crt}", key: "\${env.KEY}" } }`);
    const { config } = await loadConfig({ path, env: { KEY: pair.key } });
    expect(config.clients.tls).toMatchObject({ cert: pair.cert.trim(), key: pair.key, clientAuth: 'none' });
  });

  it.each([
    ['{ cert: ./tls.crt, key: ./none.key }', 'server.tls.key: no such file'],
    ['{ cert: ./headgate.yaml, key: ./tls.key }', 'holds no PEM text'],
    ['{ cert: ./ca.crt, key: ./tls.key }', 'these certificates cannot be used'],
    ['{ cert: ./tls.crt }', 'key'],
    ['{ cert: ./tls.crt, key: ./tls.key, client_auth: require }', 'client_auth needs client_ca'],
    ['{ cert: ./tls.crt, key: ./tls.key, client_auth: maybe }', 'client_auth'],
  ])('is refused: %s', async (tls, message) => {
    const { path } = folder(`server: { tls: ${tls} }`);
    const error = await loadConfig({ path, env: {} }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
    expect(error.message).not.toContain('PRIVATE');
  });

  it.each([
    ['', 'sound'],
    ['http2: true,', true],
    ['http2: false,', false],
  ])('has HTTP/2 offered in the handshake, where it is sound, or as it says: %s', async (keys, http2) => {
    const { path } = folder(`server: { ${keys} tls: { cert: ./tls.crt, key: tls.key } }`);
    expect((await loadConfig({ path, env: {} })).config.server.http2).toBe(http2);
  });

  it.each([
    ['{}', false],
    ['{ http2: false }', false],
    ['{ h2c: true }', true],
  ])('is not needed for HTTP/2 by prior knowledge: %s', async (server, http2) => {
    const { path } = folder(`server: ${server}`);
    expect((await loadConfig({ path, env: {} })).config.server.http2).toBe(http2);
  });

  it('is null without the section', async () => {
    const { path, files } = folder('{}');
    for (const file of files) rmSync(file);
    const { config } = await loadConfig({ path, env: {} });
    expect(config.clients.tls).toBeNull();
    expect(config.server.isSecure).toBe(false);
  });
});
