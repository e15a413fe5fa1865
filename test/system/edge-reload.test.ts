import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';
import { startInProcess } from '../fixtures/in-process-gateway';

const QUIET = 'admin: false\ndiscovery: { checkpoint: false }\nlog: { level: silent }\n';

describe('another configuration of what stands in front', () => {
  const configFolder = configFolders();

  it('is that of the next request: pages of other origins, and headers against forgery', async () => {
    const { write } = configFolder();
    const load = (text: string) => loadConfig({ path: write('headgate.yaml', `${QUIET}${text}`), env: {} });
    const gateway = await startInProcess(await load(''));
    const asked = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' };
      const { status, headers: told } = await fetch(gateway.graphql, { method: 'OPTIONS', headers });
      return [status, told.get('access-control-allow-origin')];
    };
    const blocked = async () => (await (await fetch(`${gateway.graphql}?query={a}`)).text()).includes('(CSRF)');
    try {
      expect(await asked('https://a.example')).toEqual([204, null]);
      expect(await blocked()).toBe(true);
      const loaded = await load('cors: { policies: [ { origins: ["https://a.example"] } ] }\ncsrf: { enabled: false }');
      await gateway.change({ supergraph: null, loaded });
      expect(await asked('https://a.example')).toEqual([204, 'https://a.example']);
      expect(await asked('https://b.example')).toEqual([403, null]);
      expect(await blocked()).toBe(false);
      await gateway.change({ supergraph: null, loaded: await load('') });
      expect(await asked('https://a.example')).toEqual([204, null]);
      expect(await blocked()).toBe(true);
    } finally {
      await gateway.stop();
    }
  });
});
