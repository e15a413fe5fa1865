/**
 * Calls back once everything has been read that had arrived by now, unless cancelled. Two turns of the loop: the first may
 * end a poll that began before.
 * @returns cancels it
 */
export function afterNextPoll(callback: () => void): () => void {
  let immediate = setImmediate(() => {
    immediate = setImmediate(callback);
  });
  return () => clearImmediate(immediate);
}
