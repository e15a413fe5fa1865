import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadgateError } from '../../../gateway/errors';
import { type Events, subscribe } from '../../../gateway/events';
import { openFileSource } from '../../../gateway/supergraph/sources/file-source';
import type { SupergraphSource } from '../../../gateway/supergraph/sources/source';
import { Inbox } from '../../fixtures/inbox';

describe('a supergraph file', () => {
  let folder: string;
  let path: string;
  let feed: SupergraphSource;
  let delivered: Inbox<string>;
  let refused: Inbox<Events['supergraph.refused']>;
  let unsubscribe: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-file-source-'));
    path = join(folder, 'supergraph.graphql');
    delivered = new Inbox();
    refused = new Inbox();
    unsubscribe = subscribe('supergraph.refused', refused.put);
    feed = openFileSource(path, async (sdl, origin) => {
      expect(origin).toBe(path);
      if (sdl.startsWith('broken')) throw new HeadgateError('SUPERGRAPH_INVALID', `refusing ${sdl}`);
      delivered.put(sdl);
    });
  });

  afterEach(async () => {
    await feed.close();
    unsubscribe();
    await rm(folder, { recursive: true });
  });

  /** As a whole: who looks meanwhile sees the text before or this one. */
  async function replace(text: string): Promise<void> {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  it('is delivered at start', async () => {
    await writeFile(path, 'one');
    await feed.start();
    expect(await delivered.take()).toBe('one');
  });

  it('fails the start when it is missing', async () => {
    await expect(feed.start()).rejects.toMatchObject({
      code: 'SUPERGRAPH_UNAVAILABLE',
      message: expect.stringContaining(path),
    });
  });

  it('fails the start when it is refused', async () => {
    await writeFile(path, 'broken');
    await expect(feed.start()).rejects.toMatchObject({ code: 'SUPERGRAPH_INVALID' });
  });

  it('is delivered again when it is written', async () => {
    await writeFile(path, 'one');
    await feed.start();
    // Of another length: the time of a file may be no finer than some milliseconds.
    await writeFile(path, 'another');
    expect(await delivered.take()).toBe('one');
    // Who looks while it is written may see the beginning of it.
    while ((await delivered.take()) !== 'another');
  });

  it('is delivered again when another file takes its place', async () => {
    await writeFile(path, 'one');
    await feed.start();
    await replace('two');
    expect(await delivered.take()).toBe('one');
    expect(await delivered.take()).toBe('two');
  });

  it('is delivered when it appears after a start that failed', async () => {
    await expect(feed.start()).rejects.toThrow();
    await replace('late');
    expect(await delivered.take()).toBe('late');
  });

  it('announces a refusal and delivers the next good text', async () => {
    await writeFile(path, 'one');
    await feed.start();
    await replace('broken');
    expect(await refused.take()).toEqual({ source: path, code: 'SUPERGRAPH_INVALID', message: 'refusing broken' });
    await replace('two');
    expect(await delivered.take()).toBe('one');
    expect(await delivered.take()).toBe('two');
  });

  it('is not delivered by a refresh when it did not change', async () => {
    await writeFile(path, 'one');
    await feed.start();
    await feed.refresh();
    expect(delivered.waiting).toBe(1);
  });

  it('is tried again by a refresh when it was refused', async () => {
    let refusals = 0;
    const moody = openFileSource(path, async () => {
      refusals += 1;
      if (refusals === 1) throw new HeadgateError('SUPERGRAPH_INVALID', 'not now');
    });
    await writeFile(path, 'one');
    await expect(moody.start()).rejects.toThrow('not now');
    await moody.refresh();
    await moody.refresh();
    await moody.close();
    expect(refusals).toBe(2);
  });

  it('is not delivered after close', async () => {
    await writeFile(path, 'one');
    await feed.start();
    await feed.close();
    await writeFile(path, 'two');
    await feed.refresh();
    expect(delivered.waiting).toBe(1);
  });
});
