import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openDirectoryStorage } from '../../../../gateway/registry/storage/directory/directory-storage';
import { linesOf } from '../../../fixtures/process-lines';
import { temporaryDirectories } from '../../../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const CHILD = join(__dirname, '../../../fixtures/storage-process.js');
const ALL = { before: null, limit: 1_000_000 };

function acknowledgedIn(lines: readonly string[]): number {
  return Math.max(0, ...lines.filter((line) => /^\d+$/.test(line)).map(Number));
}

/** Checks that every revision up to `acknowledged` is there, in order, with its blob. */
async function expectWhole(directory: string, acknowledged: number): Promise<number> {
  const storage = await openDirectoryStorage(directory);
  try {
    const revisions = await storage.read('default', ALL);
    expect(revisions.map((revision) => revision.revision)).toEqual(revisions.map((_, index) => index + 1));
    expect(revisions.length).toBeGreaterThanOrEqual(acknowledged);
    for (const revision of revisions) {
      expect(Number.parseInt(await storage.blob(revision.state), 10)).toBe(revision.revision);
    }
    return revisions.length;
  } finally {
    await storage.close();
  }
}

describe('the journal of a registry directory', () => {
  it('loses no acknowledged revision to kill -9', async () => {
    const directory = newDirectory();
    let acknowledged = 0;
    for (const killAfterLines of [2, 5, 9, 14, 3, 20]) {
      const child = spawn(process.execPath, [CHILD, directory, '5000']);
      let seen = 0;
      const lines = await linesOf(child, () => {
        seen += 1;
        if (seen === killAfterLines) child.kill('SIGKILL');
      });
      expect(lines[0]).toMatch(/^open \d+$/);
      acknowledged = acknowledgedIn(lines);
      const found = await expectWhole(directory, acknowledged);
      // At most the one append under way may be there besides.
      expect(found - acknowledged).toBeLessThanOrEqual(1);
    }
    expect(acknowledged).toBeGreaterThan(20);
  });

  it('keeps a whole journal when the disk takes no more, and goes on when it does again', async () => {
    const directory = newDirectory();
    // The shell's limit on the size of a file stands in for a full disk: a write stops half way with an error.
    const limited = spawn('sh', [
      '-c',
      'ulimit -f 16; exec "$0" "$@"',
      process.execPath,
      CHILD,
      directory,
      '100',
      '30',
    ]);
    const lines = await linesOf(limited);
    expect(lines).toContain('failed REGISTRY_WRITE_FAILED');
    const acknowledged = acknowledgedIn(lines);
    expect(acknowledged).toBeGreaterThan(1);
    expect(await expectWhole(directory, acknowledged)).toBe(acknowledged);

    const unlimited = spawn(process.execPath, [CHILD, directory, '100', '3']);
    expect(acknowledgedIn(await linesOf(unlimited))).toBe(acknowledged + 3);
    expect(await expectWhole(directory, acknowledged + 3)).toBe(acknowledged + 3);
  });
});
