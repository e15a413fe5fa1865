import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../gateway/config/load';
import { type ConfigWatch, watchConfig } from '../../gateway/config/watch-config';
import { type Events, subscribe } from '../../gateway/events';
import { configFolders } from '../fixtures/config-folder';
import { Inbox } from '../fixtures/inbox';

describe('watchConfig', () => {
  const newFolder = configFolders();
  let replace: (text: string) => void;
  let load: () => ReturnType<typeof loadConfig>;
  let taken: Inbox<string>;
  let refused: Inbox<Events['config.refused']>;
  let watch: ConfigWatch | undefined;
  let stopListening: () => void;

  beforeEach(() => {
    const { folder, write } = newFolder();
    const path = join(folder, 'headgate.yaml');
    // As a whole: who looks meanwhile sees the text before or this one.
    replace = (text) => renameSync(write('next.yaml', text), path);
    load = () => loadConfig({ path, env: {} });
    taken = new Inbox();
    refused = new Inbox();
    stopListening = subscribe('config.refused', refused.put);
  });

  afterEach(() => {
    watch?.close();
    stopListening();
  });

  async function start(meanwhile = () => {}): Promise<void> {
    const first = await load();
    meanwhile();
    watch = watchConfig(first, load, async ({ config }) => taken.put(config.log.level));
  }

  it('takes over what is written while it watches', async () => {
    replace('log: { level: info }');
    await start();
    replace('log: { level: warn }');
    expect(await taken.take()).toBe('warn');
  });

  it('takes over what was written before it watched, and after the first one was read', async () => {
    replace('log: { level: info }');
    await start(() => replace('log: { level: error }'));
    expect(await taken.take()).toBe('error');
  });

  it('refuses what is broken, and takes over the next good one', async () => {
    replace('log: { level: info }');
    await start(() => replace('log: { level: loud }'));
    expect(await refused.take()).toMatchObject({ message: expect.stringContaining('log.level') });
    replace('log: { level: debug }');
    expect(await taken.take()).toBe('debug');
  });
});
