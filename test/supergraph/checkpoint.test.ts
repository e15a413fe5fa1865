import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Events, subscribe } from '../../gateway/events';
import { readCheckpoint, writeCheckpoint } from '../../gateway/supergraph/checkpoint';

const SDL = 'type Query { größe: Int }\n# 家\n';

describe('checkpoint', () => {
  let folder: string;
  let refusals: Events['supergraph.refused'][];
  let unsubscribe: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-checkpoint-'));
    refusals = [];
    unsubscribe = subscribe('supergraph.refused', (event) => refusals.push(event));
  });

  afterEach(async () => {
    unsubscribe();
    await rm(folder, { recursive: true });
  });

  it('gives back what was written, and creates the folder', async () => {
    const path = join(folder, 'new', 'deep', 'last-good');
    await writeCheckpoint(path, SDL);
    expect(await readCheckpoint(path)).toBe(SDL);
  });

  it('is replaced as a whole and leaves no temporary file', async () => {
    const path = join(folder, 'last-good');
    await writeCheckpoint(path, SDL);
    await writeCheckpoint(path, 'shorter');
    expect(await readCheckpoint(path)).toBe('shorter');
    expect(await readdir(folder)).toEqual(['last-good']);
  });

  it('stays whole when several writers race', async () => {
    const path = join(folder, 'last-good');
    const texts = Array.from({ length: 20 }, (_, index) => `# ${index}\n`.repeat(index + 1));
    await Promise.all(texts.map((text) => writeCheckpoint(path, text)));
    expect(texts).toContain(await readCheckpoint(path));
    expect(await readdir(folder)).toEqual(['last-good']);
  });

  it('is itself a supergraph file: the header is a comment', async () => {
    const path = join(folder, 'last-good');
    await writeCheckpoint(path, SDL);
    expect(await readFile(path, 'utf8')).toMatch(/^# .*\ntype Query/);
  });

  it('is null without a word when there is none', async () => {
    expect(await readCheckpoint(join(folder, 'none'))).toBeNull();
    expect(refusals).toEqual([]);
  });

  it.each([1, 40, 90, 120])('is refused when torn after %i bytes', async (bytes) => {
    const path = join(folder, 'last-good');
    await writeCheckpoint(path, SDL);
    await truncate(path, bytes);
    expect(await readCheckpoint(path)).toBeNull();
    expect(refusals).toMatchObject([{ source: path, code: 'SUPERGRAPH_INVALID' }]);
  });

  it('is refused when one character was altered', async () => {
    const path = join(folder, 'last-good');
    await writeCheckpoint(path, SDL);
    await writeFile(path, (await readFile(path, 'utf8')).replace('Int', 'ID'));
    expect(await readCheckpoint(path)).toBeNull();
    expect(refusals).toHaveLength(1);
  });

  it('is refused when it has no header', async () => {
    const path = join(folder, 'last-good');
    await writeFile(path, SDL);
    expect(await readCheckpoint(path)).toBeNull();
    expect(refusals).toHaveLength(1);
  });

  it('is refused when it cannot be read', async () => {
    expect(await readCheckpoint(folder)).toBeNull();
    expect(refusals).toMatchObject([{ source: folder }]);
  });
});
