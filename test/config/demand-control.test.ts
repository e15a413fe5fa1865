import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';

describe('demand_control', () => {
  const folder = configFolders();
  const load = async (section: string) => {
    const path = folder().write('headgate.yaml', `demand_control: ${section}\n`);
    return (await loadConfig({ path, env: {} })).config.demandControl;
  };

  it('measures, unless it is told to enforce', async () => {
    expect(await load('{}')).toEqual({
      mode: 'measure',
      max: null,
      listSize: 10,
      subgraphMax: new Map(),
      headers: false,
    });
    const given = await load(
      '{ mode: enforce, max: 5, list_size: 3, subgraphs: { constructor: { max: 0 } }, headers: true }',
    );
    const subgraphMax = new Map([['constructor', 0]]);
    expect(given).toEqual({ mode: 'enforce', max: 5, listSize: 3, subgraphMax, headers: true });
  });

  it('may be there and off', async () => {
    expect(await load('{ enabled: false, max: 5 }')).toBeNull();
  });
});
