import { HeadgateError } from '../../errors';
import { watchFiles } from '../watch-files';
import { createCoalescingQueue } from './coalescing-queue';
import { readTextFile } from './read-text-file';
import { Refusals } from './refusals';
import type { Deliver, SupergraphSource } from './source';

/** A supergraph file: delivered at start and whenever its text changes. */
export function openFileSource(path: string, deliver: Deliver): SupergraphSource {
  const refusals = new Refusals();
  /** The text given to `deliver` last, whether it was accepted or not. */
  let tried: string | null = null;
  let accepted = false;
  let watcher: { close(): void } | null = null;
  let closed = false;

  async function load(): Promise<void> {
    const text = await readTextFile(path);
    if (closed) throw new HeadgateError('REQUEST_CANCELLED', 'the source of supergraphs is closed');
    if (text === tried) return;
    tried = text;
    accepted = false;
    await deliver(text, path);
    accepted = true;
    refusals.clear(path);
  }

  const queue = createCoalescingQueue(load);
  const attempt = () =>
    queue().catch((error) => {
      if (!closed) refusals.report(path, error);
    });

  return {
    start() {
      watcher = watchFiles([path], attempt);
      return queue();
    },
    refresh() {
      if (!accepted) tried = null;
      return attempt();
    },
    async close() {
      closed = true;
      watcher?.close();
      await attempt();
    },
  };
}
