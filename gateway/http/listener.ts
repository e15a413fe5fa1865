import type { ConnectionNumbers } from './connections';

/** One address that answers. */
export interface Listener {
  /** @throws {HeadgateError} PORT_IN_USE */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Answers what is in flight, for at most `drainMs`, then closes. */
  drain(drainMs: number): Promise<void>;
  readonly connections: ConnectionNumbers;
  /** Closes at once. */
  close(): Promise<void>;
}
