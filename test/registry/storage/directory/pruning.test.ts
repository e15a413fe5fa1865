import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openDirectoryStorage } from '../../../../gateway/registry/storage/directory/directory-storage';
import { blobHash, type Storage } from '../../../../gateway/registry/storage/storage';
import { linesOf } from '../../../fixtures/process-lines';
import { eventStoring } from '../../../fixtures/storage-contract';
import { temporaryDirectories } from '../../../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const CHILD = join(__dirname, '../../../fixtures/prune-process.js');
const APPENDING_CHILD = join(__dirname, '../../../fixtures/storage-process.js');
const ALL = { before: null, limit: 1_000_000 };
const HEAD = 6;
const KEPT_FROM = 4;

const journalOf = (directory: string) => join(directory, 'journal.jsonl');
const textOf = (revision: number) => `text ${revision}`;
const prune = (storage: Storage, before = KEPT_FROM) => storage.prune('default', { before, namedIn: () => [] });
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function withStorage<Result>(directory: string, use: (storage: Storage) => Promise<Result>): Promise<Result> {
  const storage = await openDirectoryStorage(directory);
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}

async function appendTo(storage: Storage, revision: number): Promise<void> {
  await storage.append('default', revision - 1, eventStoring(textOf(revision)), [textOf(revision)]);
}

async function directoryWith(revisions: number): Promise<string> {
  const directory = newDirectory();
  await withStorage(directory, async (storage) => {
    for (const revision of numbers(1, revisions)) await appendTo(storage, revision);
  });
  return directory;
}

/** A copy that no process holds. */
function copyOf(directory: string): string {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.includes(`${directory}/lock`) });
  return copy;
}

/** The numbers that are held, after each was found to have its blob. */
async function wholeIn(storage: Storage): Promise<readonly number[]> {
  const revisions = await storage.read('default', ALL);
  for (const { revision, state } of revisions) expect(await storage.blob(state)).toBe(textOf(revision));
  return revisions.map(({ revision }) => revision);
}

describe('pruning a registry directory', () => {
  it('loses nothing that is kept when it is killed before any step, or half way in a write', async () => {
    const original = await directoryWith(HEAD);
    let lines: string[] = [];
    for (let killAt = 1; !lines.includes('done'); killAt += 1) {
      const directory = copyOf(original);
      lines = await linesOf(spawn(process.execPath, [CHILD, directory, String(KEPT_FROM), String(killAt)]));
      if (!lines.includes('sync of the folder')) {
        // A power cut may now bring back the journal before: with all that it names.
        const restored = copyOf(directory);
        copyFileSync(journalOf(original), journalOf(restored));
        expect(await withStorage(restored, wholeIn)).toEqual(numbers(1, HEAD));
      }
      await withStorage(directory, async (storage) => {
        expect(await wholeIn(storage)).toEqual(numbers(lines.includes('rename') ? KEPT_FROM : 1, HEAD));
        await appendTo(storage, HEAD + 1);
        await prune(storage);
      });
      expect(await withStorage(directory, wholeIn)).toEqual(numbers(KEPT_FROM, HEAD + 1));
      // What the killed process left behind went with the next time.
      expect(readdirSync(join(directory, 'blobs'))).toHaveLength(HEAD + 2 - KEPT_FROM);
      expect(readdirSync(directory).sort()).toEqual(['blobs', 'journal.jsonl', 'lock']);
    }
    const blobs = numbers(1, KEPT_FROM - 1).map(() => 'rm');
    expect(lines).toEqual(['rm', 'create', 'write', 'sync', 'rename', 'sync of the folder', ...blobs, 'done']);
  });

  it.each(numbers(1, 9))('goes on after step %i of it failed, and ends it the next time', async (failAt) => {
    const directory = await directoryWith(HEAD);
    const child = spawn(process.execPath, [CHILD, directory, String(KEPT_FROM), String(failAt), 'fail']);
    const lines = await linesOf(child);
    expect(lines).toContain('REGISTRY_WRITE_FAILED');
    expect(lines.at(-1)).toBe('done');
    expect(await withStorage(directory, wholeIn)).toEqual(numbers(KEPT_FROM, HEAD + 1));
    expect(readdirSync(join(directory, 'blobs'))).toHaveLength(HEAD + 2 - KEPT_FROM);
    expect(readdirSync(directory).sort()).toEqual(['blobs', 'journal.jsonl', 'lock']);
  });

  it('loses no acknowledged revision to kill -9 while it appends and prunes', async () => {
    const directory = newDirectory();
    let acknowledged = 0;
    for (const killAfterLines of [4, 9, 14, 7, 20]) {
      const child = spawn(process.execPath, [APPENDING_CHILD, directory, '5000', 'Infinity', '3']);
      let seen = 0;
      const lines = await linesOf(child, () => {
        seen += 1;
        if (seen === killAfterLines) child.kill('SIGKILL');
      });
      acknowledged = Math.max(...lines.filter((line) => /^\d+$/.test(line)).map(Number));
      await withStorage(directory, async (storage) => {
        const revisions = await storage.read('default', ALL);
        const [first, last] = [revisions[0]?.revision ?? 0, revisions.at(-1)?.revision ?? 0];
        expect(revisions.map(({ revision }) => revision)).toEqual(numbers(first, last));
        expect([acknowledged, acknowledged + 1]).toContain(last);
        // At least the 3 that are kept, at most also those of the appends between.
        expect(last - first).toBeGreaterThanOrEqual(Math.min(last - 1, 3));
        expect(last - first).toBeLessThan(9);
        for (const { revision, state } of revisions)
          expect(Number.parseInt(await storage.blob(state), 10)).toBe(revision);
      });
    }
    expect(acknowledged).toBeGreaterThan(20);
  });

  it('writes what was before into the first line, and reads it again', async () => {
    const directory = await directoryWith(HEAD);
    const lastLine = readFileSync(journalOf(directory), 'utf8').trimEnd().split('\n').at(-1) ?? '';
    await withStorage(directory, (storage) => prune(storage));
    const [base, ...lines] = readFileSync(journalOf(directory), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(base ?? '')).toEqual({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      base: { pruned: { default: KEPT_FROM - 1 }, continues: JSON.parse(lastLine).sha256 },
    });
    expect(lines.map((line) => JSON.parse(line).revision.revision)).toEqual(numbers(KEPT_FROM, HEAD));
    await withStorage(directory, async (storage) => {
      expect(await storage.oldest('default')).toBe(KEPT_FROM);
      expect(await storage.read('default', ALL)).toEqual(
        numbers(KEPT_FROM, HEAD).map((n) => ({ graph: 'default', revision: n, ...eventStoring(textOf(n)) })),
      );
    });
  });

  it('prunes again what was pruned before', async () => {
    const directory = await directoryWith(HEAD);
    await withStorage(directory, (storage) => prune(storage, 3));
    await withStorage(directory, (storage) => prune(storage, 5));
    expect(await withStorage(directory, wholeIn)).toEqual([5, 6]);
    expect(readdirSync(join(directory, 'blobs'))).toHaveLength(2);
  });

  it('leaves the journal as it is when nothing is to go', async () => {
    const directory = await directoryWith(3);
    // A journal written anew would have another inode: both have their names for a while.
    const { ino } = statSync(journalOf(directory));
    await withStorage(directory, async (storage) => {
      expect(await prune(storage, 1)).toEqual({ revisions: 0, blobs: 0 });
      await appendTo(storage, 4);
    });
    expect(statSync(journalOf(directory)).ino).toBe(ino);
  });

  it('removes no blob when a state that stays cannot be read', async () => {
    const directory = await directoryWith(HEAD);
    writeFileSync(join(directory, 'blobs', blobHash(textOf(5))), 'something else');
    await withStorage(directory, async (storage) => {
      await expect(prune(storage)).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' });
      expect(await storage.oldest('default')).toBe(KEPT_FROM);
    });
    expect(readdirSync(join(directory, 'blobs'))).toHaveLength(HEAD);
  });

  it('does not write over a journal that was replaced underneath it', async () => {
    const directory = await directoryWith(HEAD);
    await withStorage(directory, async (storage) => {
      const content = readFileSync(journalOf(directory));
      rmSync(journalOf(directory));
      writeFileSync(journalOf(directory), content);
      await expect(prune(storage)).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' });
      expect(readFileSync(journalOf(directory))).toEqual(content);
      expect(await wholeIn(storage)).toEqual(numbers(1, HEAD));
    });
  });

  it.each<readonly [string, (journal: string) => void]>([
    ['its first line is changed', (journal) => edit(journal, (text) => text.replace('"default":3', '"default":2'))],
    ['its first line is missing', (journal) => edit(journal, (text) => withoutLine(text, 0))],
    ['it ends in the first line', (journal) => truncateSync(journal, 120)],
    ['it ends after the first line', (journal) => truncateSync(journal, readFileSync(journal).indexOf('\n') + 1)],
    ['a revision is missing', (journal) => edit(journal, (text) => withoutLine(text, 1))],
  ])('is refused to be opened when %s', async (_, damage) => {
    const directory = await directoryWith(HEAD);
    await withStorage(directory, (storage) => prune(storage));
    damage(journalOf(directory));
    await expect(openDirectoryStorage(directory)).rejects.toMatchObject({
      code: 'REGISTRY_CORRUPT',
      message: expect.stringContaining(journalOf(directory)),
    });
  });
});

function edit(journal: string, change: (text: string) => string): void {
  writeFileSync(journal, change(readFileSync(journal, 'utf8')));
}

function withoutLine(text: string, index: number): string {
  return text
    .split('\n')
    .filter((_, n) => n !== index)
    .join('\n');
}
