import { introspectionThread } from './introspection-thread';
import { JobThread } from './job-thread';

/** The one thread of this process that composes and reads supergraphs. */
export const compositionThread = new JobThread({ deadlineMs: 30_000, idleMs: 2_000, queueMax: 100, heapMb: 1_024 });

/** Starts the thread before something is composed or read: its code takes 200 ms to load. */
export function prepareCompositionThread(): void {
  compositionThread.prepare();
}

/** Closes the thread for an orderly end of the process: whatever is still being composed is refused, and introspection with it. */
export async function closeCompositionThread(): Promise<void> {
  await Promise.all([compositionThread.close(), introspectionThread.close()]);
}
