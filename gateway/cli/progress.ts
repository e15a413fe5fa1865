import type { WriteStream } from 'node:tty';

/** What takes less needs no word. */
const QUIET_MS = 1_000;
const EVERY_MS = 1_000;

/**
 * Says on a terminal what is being waited for and for how long, from the second second on; the line is gone when the work is done.
 * Nothing is written where stderr is no terminal.
 */
export async function withProgress<T>(
  what: string,
  work: Promise<T>,
  terminal: Pick<WriteStream, 'isTTY' | 'write'> = process.stderr,
): Promise<T> {
  if (terminal.isTTY !== true) return work;
  const startedAt = performance.now();
  let shown = false;
  const show = () => {
    shown = true;
    terminal.write(`\r\u001b[2K${what}, ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  };
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show();
    every = setInterval(show, EVERY_MS);
  }, QUIET_MS);
  try {
    return await work;
  } finally {
    clearTimeout(first);
    clearInterval(every);
    if (shown) terminal.write('\r\u001b[2K');
  }
}
