import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetFiles, chooseEncoding } from '../../../gateway/http/graphiql/asset-files';

describe('asset files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-assets-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('has no manifest until the page is built', async () => {
    const files = new AssetFiles(folder);
    expect(await files.manifest()).toBeNull();
    await writeFile(join(folder, 'manifest.json'), '{"files":{}}');
    expect(await files.manifest()).toEqual({ files: {} });
  });

  it('reads a file once', async () => {
    await writeFile(join(folder, 'main.js.br'), 'first');
    const files = new AssetFiles(folder);
    await files.bytes('main.js', 'br');
    await writeFile(join(folder, 'main.js.br'), 'second');
    expect(String(await files.bytes('main.js', 'br'))).toBe('first');
  });

  it('looks again for a file that was missing', async () => {
    const files = new AssetFiles(folder);
    await expect(files.bytes('main.js', null)).rejects.toThrow('ENOENT');
    await writeFile(join(folder, 'main.js'), 'here now');
    expect(String(await files.bytes('main.js', null))).toBe('here now');
  });
});

describe('choice of an encoding', () => {
  it.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['*, br;q=0', 'gzip'],
    ['identity', null],
    [undefined, null],
  ])('for accept-encoding %s is %s', (header, encoding) => {
    expect(chooseEncoding(header, ['br', 'gzip'])).toBe(encoding);
  });

  it('is none when the file has no compressed form', () => {
    expect(chooseEncoding('br, gzip', [])).toBeNull();
  });
});
