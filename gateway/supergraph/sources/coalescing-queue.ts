/**
 * Makes runs of `run` follow one another: while one runs, all further calls share a single run that starts afterwards,
 * so that each call sees whatever happened before it.
 */
export function createCoalescingQueue(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let following: Promise<void> | null = null;

  function start(): Promise<void> {
    following = null;
    const started = run().finally(() => {
      running = null;
    });
    running = started;
    return started;
  }

  return () => {
    if (following !== null) return following;
    if (running === null) return start();
    following = running.then(start, start);
    return following;
  };
}
