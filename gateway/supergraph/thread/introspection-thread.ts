import { JobThread } from './job-thread';

/** The one thread of this process that answers introspection. */
export const introspectionThread = new JobThread({
  file: 'introspect.js',
  deadlineMs: 10_000,
  idleMs: 30_000,
  queueMax: 100,
  heapMb: 1_024,
});
