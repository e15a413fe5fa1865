import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subscribe } from '../../gateway/events';
import { keepPoolCheckpoint, type PoolCheckpoint, readPoolCheckpoint } from '../../gateway/transport/pool-checkpoint';
import { instance } from '../fixtures/pool-options';

const KNOWN: PoolCheckpoint = {
  pools: [
    {
      pool: 'products',
      endpoints: [
        {
          ...instance('http://127.0.0.2:4001/graphql', { tags: { version: 'v2' } }),
          hostHeader: 'products.internal:4001',
        },
      ],
      overrides: [{ instance: '127.0.0.2:4001', action: 'drain', weight: null, reason: 'r', actor: 'a', until: null }],
    },
  ],
  leases: [{ pool: 'products', id: 'a' }],
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-endpoints-'));
  path = join(folder, 'deep', 'endpoints');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = async (checkpoint: PoolCheckpoint) => keepPoolCheckpoint(path, () => checkpoint).close();

describe('the checkpoint of pools', () => {
  it('is read as it was written', async () => {
    await write(KNOWN);
    expect(await readPoolCheckpoint(path)).toEqual(KNOWN);
  });

  it('is empty when there is no file', async () => {
    expect(await readPoolCheckpoint(path)).toEqual({ pools: [], leases: [] });
  });

  it.each([
    ['torn', (text: string) => text.slice(0, -5)],
    ['altered', (text: string) => text.replace('127.0.0.2', '127.0.0.9')],
    ['another file', () => 'hello'],
  ])('is not used when it is %s, and says so', async (_what, spoil) => {
    await write(KNOWN);
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    const notices: string[] = [];
    const stop = subscribe('config.notice', ({ message }) => notices.push(message));
    expect(await readPoolCheckpoint(path)).toEqual({ pools: [], leases: [] });
    expect(notices).toEqual([expect.stringContaining('checksum does not match')]);
    stop();
  });
});
