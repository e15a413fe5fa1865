import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectoryStorage } from '../../../../gateway/registry/storage/directory/directory-storage';
import { blobHash } from '../../../../gateway/registry/storage/storage';
import { describeStorage, eventStoring } from '../../../fixtures/storage-contract';
import { temporaryDirectories } from '../../../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const ALL = { before: null, limit: 1000 };

describeStorage('directory', () => openDirectoryStorage(newDirectory()));

async function directoryWith(revisions: number): Promise<{ directory: string; journal: string }> {
  const directory = newDirectory();
  const storage = await openDirectoryStorage(directory);
  for (let n = 0; n < revisions; n += 1) await storage.append('default', n, eventStoring(`text ${n}`), [`text ${n}`]);
  await storage.close();
  return { directory, journal: join(directory, 'journal.jsonl') };
}

async function headOf(directory: string): Promise<number> {
  const storage = await openDirectoryStorage(directory);
  try {
    return (await storage.head('default'))?.revision ?? 0;
  } finally {
    await storage.close();
  }
}

describe('directory storage', () => {
  it('finds its revisions and blobs again after a restart', async () => {
    const { directory } = await directoryWith(3);
    const storage = await openDirectoryStorage(directory);
    const revisions = await storage.read('default', ALL);
    expect(revisions.map((revision) => revision.revision)).toEqual([1, 2, 3]);
    expect(revisions[2]).toEqual({ graph: 'default', revision: 3, ...eventStoring('text 2') });
    expect(await storage.blob(blobHash('text 1'))).toBe('text 1');
    await storage.close();
  });

  it('writes one JSON line a revision', async () => {
    const { journal } = await directoryWith(2);
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).revision.revision)).toEqual([1, 2]);
  });

  it('drops a torn last line, at whatever byte it was cut', async () => {
    const { directory, journal } = await directoryWith(2);
    const whole = readFileSync(journal);
    const firstLine = whole.indexOf('\n') + 1;
    for (const cut of [firstLine, firstLine + 1, firstLine + 20, firstLine + 90, whole.length - 2]) {
      writeFileSync(journal, whole.subarray(0, cut));
      expect(await headOf(directory)).toBe(1);
      expect(statSync(journal).size).toBe(firstLine);
    }
  });

  it('keeps a last line that only lost its newline', async () => {
    const { directory, journal } = await directoryWith(2);
    const size = statSync(journal).size;
    truncateSync(journal, size - 1);
    expect(await headOf(directory)).toBe(2);
    expect(statSync(journal).size).toBe(size);
  });

  it('drops a tail of zeros, as a power cut leaves it', async () => {
    const { directory, journal } = await directoryWith(1);
    appendFileSync(journal, Buffer.alloc(4096));
    expect(await headOf(directory)).toBe(1);
  });

  it('appends where a torn tail was dropped', async () => {
    const { directory, journal } = await directoryWith(1);
    appendFileSync(journal, '{"sha256":"12');
    const storage = await openDirectoryStorage(directory);
    await storage.append('default', 1, eventStoring('b'), ['b']);
    await storage.close();
    expect(await headOf(directory)).toBe(2);
  });

  it('refuses corruption in the middle, naming file and line', async () => {
    const { directory, journal } = await directoryWith(3);
    const lines = readFileSync(journal, 'utf8').split('\n');
    lines[1] = String(lines[1]).replace('tester', 'someone');
    writeFileSync(journal, lines.join('\n'));
    await expect(openDirectoryStorage(directory)).rejects.toMatchObject({
      code: 'REGISTRY_CORRUPT',
      message: expect.stringContaining(`${journal}, line 2`),
    });
  });

  it('refuses a whole last line that fails its checksum: it was acknowledged once', async () => {
    const { directory, journal } = await directoryWith(2);
    writeFileSync(journal, readFileSync(journal, 'utf8').replace(/tester(?!.*tester)/s, 'someone'));
    await expect(openDirectoryStorage(directory)).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' });
  });

  it('refuses a journal from which a line was removed', async () => {
    const { directory, journal } = await directoryWith(3);
    const lines = readFileSync(journal, 'utf8').split('\n');
    lines.splice(1, 1);
    writeFileSync(journal, lines.join('\n'));
    await expect(openDirectoryStorage(directory)).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' });
  });

  it('does not keep the lock when opening fails', async () => {
    const { directory, journal } = await directoryWith(2);
    const whole = readFileSync(journal);
    writeFileSync(journal, `garbage\n${whole.toString()}`);
    await expect(openDirectoryStorage(directory)).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' });
    writeFileSync(journal, whole);
    expect(await headOf(directory)).toBe(2);
  });

  it('refuses a blob whose content changed, naming the file, and heals it when it is published again', async () => {
    const { directory } = await directoryWith(1);
    const path = join(directory, 'blobs', blobHash('text 0'));
    writeFileSync(path, 'something else');
    const storage = await openDirectoryStorage(directory);
    await expect(storage.blob(blobHash('text 0'))).rejects.toMatchObject({
      code: 'REGISTRY_CORRUPT',
      message: expect.stringContaining(path),
    });
    await storage.append('default', 1, eventStoring('text 0'), ['text 0']);
    expect(await storage.blob(blobHash('text 0'))).toBe('text 0');
    await storage.close();
  });

  it('removes half-written blobs at start', async () => {
    const { directory } = await directoryWith(1);
    writeFileSync(join(directory, 'blobs', 'abc-1.new'), 'half');
    await headOf(directory);
    expect(readdirSync(join(directory, 'blobs'))).toEqual([blobHash('text 0')]);
  });

  it('refuses to append to a journal that was replaced underneath it', async () => {
    const { directory, journal } = await directoryWith(1);
    const storage = await openDirectoryStorage(directory);
    const content = readFileSync(journal);
    rmSync(journal);
    writeFileSync(journal, content);
    await expect(storage.append('default', 1, eventStoring('b'), ['b'])).rejects.toMatchObject({
      code: 'REGISTRY_CORRUPT',
    });
    expect((await storage.head('default'))?.revision).toBe(1);
    await storage.close();
  });
});
