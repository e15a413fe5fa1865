import { announce } from './events';

/** Lets work run on that nobody waits for: a failure is announced as a defect of `where`, never a rejection of the process. */
export function inBackground(where: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => announce('internal.error', { where, error }));
}
