import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subscribe } from '../../gateway/events';
import { type FileWatch, watchFiles } from '../../gateway/supergraph/watch-files';
import { Inbox } from '../fixtures/inbox';

describe('watchFiles', () => {
  let folder: string;
  let watched: FileWatch | undefined;
  let changes: Inbox<readonly string[]>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hg-watch-'));
    changes = new Inbox();
  });

  afterEach(() => {
    watched?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('tells of a file that is written in place, and only of that one', async () => {
    const a = write('a', '1');
    const b = write('b', '1');
    watched = watchFiles([a, b], changes.put);
    write('b', '22');
    expect(await changes.take()).toEqual([b]);
  });

  it('tells of each replacement by rename', async () => {
    const file = write('a', '1');
    watched = watchFiles([file], changes.put);
    for (const text of ['2', '3']) {
      renameSync(write('a.tmp', text), file);
      expect(await changes.take()).toEqual([file]);
    }
  });

  it('tells of a link in the middle of the path that leads elsewhere, as Kubernetes moves it', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(folder, version));
      write(`${version}/headgate.yaml`, version);
    }
    symlinkSync('v1', join(folder, '..data'));
    symlinkSync('..data/headgate.yaml', join(folder, 'headgate.yaml'));
    watched = watchFiles([join(folder, 'headgate.yaml')], changes.put);
    symlinkSync('v2', join(folder, '..data.tmp'));
    renameSync(join(folder, '..data.tmp'), join(folder, '..data'));
    expect(await changes.take()).toEqual([join(folder, 'headgate.yaml')]);
  });

  it('tells of a file that is gone when it is back', async () => {
    const file = write('a', '1');
    watched = watchFiles([file], changes.put);
    rmSync(file);
    write('a', '22');
    expect(await changes.take()).toEqual([file]);
  });

  it('tells of a file whose folder did not exist', async () => {
    const file = join(folder, 'later', 'a');
    watched = watchFiles([file], changes.put);
    mkdirSync(join(folder, 'later'));
    writeFileSync(file, '1');
    expect(await changes.take()).toEqual([file]);
  });

  it('goes on after a callback that fails, and announces the failure', async () => {
    const file = write('a', '1');
    const errors = new Inbox<unknown>();
    const stop = subscribe('internal.error', ({ error }) => errors.put(error));
    const failure = new Error('callback failed');
    let calls = 0;
    watched = watchFiles([file], async (changed) => {
      calls += 1;
      if (calls === 1) throw failure;
      changes.put(changed);
    });
    write('a', '22');
    expect(await errors.take()).toBe(failure);
    stop();
    write('a', '333');
    expect(await changes.take()).toEqual([file]);
  });
});
