import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openDirectoryStorage } from '../../../../gateway/registry/storage/directory/directory-storage';
import { linesOf } from '../../../fixtures/process-lines';
import { temporaryDirectories } from '../../../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const CHILD = join(__dirname, '../../../fixtures/storage-process.js');

describe('the lock of a registry directory', () => {
  it('refuses a second process while the first lives, and not after it was killed', async () => {
    const directory = newDirectory();
    const first = spawn(process.execPath, [CHILD, directory]);
    let refused: unknown;
    await linesOf(first, (line) => {
      if (!line.startsWith('open')) return;
      openDirectoryStorage(directory)
        .catch((error: unknown) => {
          refused = error;
        })
        .finally(() => first.kill('SIGKILL'));
    });
    expect(refused).toMatchObject({ code: 'REGISTRY_LOCKED', message: expect.stringContaining(directory) });
    const storage = await openDirectoryStorage(directory);
    await storage.close();
  });

  it('lets one of several processes in that find the lock of a killed one', async () => {
    const directory = newDirectory();
    const killed = spawn(process.execPath, [CHILD, directory]);
    await linesOf(killed, () => killed.kill('SIGKILL'));
    const children = Array.from({ length: 5 }, () => spawn(process.execPath, [CHILD, directory]));
    const opened: number[] = [];
    let decided = 0;
    const decide = () => {
      decided += 1;
      if (decided === children.length) for (const child of children) child.kill('SIGKILL');
    };
    await Promise.all(
      children.map((child, index) =>
        linesOf(child, (line) => {
          if (line.startsWith('open')) opened.push(index);
          if (line.startsWith('open') || line === 'failed REGISTRY_LOCKED') decide();
        }),
      ),
    );
    expect(opened).toHaveLength(1);
  });

  it('takes a directory with a long path', async () => {
    const directory = join(newDirectory(), 'x'.repeat(120), 'registry');
    const storage = await openDirectoryStorage(directory);
    await expect(openDirectoryStorage(directory)).rejects.toMatchObject({ code: 'REGISTRY_LOCKED' });
    await storage.close();
  });
});
