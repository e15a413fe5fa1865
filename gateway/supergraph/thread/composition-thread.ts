import { JobThread } from './job-thread';

/** The one thread of this process that composes and reads supergraphs. */
export const compositionThread = new JobThread({ deadlineMs: 60_000, idleMs: 30_000, queueMax: 100, heapMb: 2_048 });

/** For an orderly end of the process: whatever is still being composed is refused. */
export function closeCompositionThread(): Promise<void> {
  return compositionThread.close();
}
