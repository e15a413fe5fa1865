import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Acceptor } from './acceptor';
import type { Connections } from './connections';

/** How long an idle connection stays open, so that a request already on its way is answered and not reset. */
const IDLE_GRACE_MS = 1_000;
/** Nobody connected for so many rounds of so long: whoever was about to has done so, also on a machine that is busy. */
const QUIET_MS = 20;
const QUIET_ROUNDS = 5;
const QUIET_ROUNDS_MAX = 50;
const IDLE_SWEEP_MS = 50;

/** Waits for `event`, at most `ms`. */
async function atMost(ms: number, event: Promise<void>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([event, sleep(ms, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
}

/** Node accepts one connection in each turn of its loop: a loop that is busy has not seen all who wait. */
async function settleAccepts(connections: Connections): Promise<void> {
  let quiet = 0;
  for (let round = 0; round < QUIET_ROUNDS_MAX && quiet < QUIET_ROUNDS; round += 1) {
    const before = connections.accepted;
    await sleep(QUIET_MS);
    await turn();
    quiet = connections.accepted === before ? quiet + 1 : 0;
  }
}

/** Parts of a server that draining works with: `hold` keeps answers and new work back until the function that it returns is called. */
export interface Draining {
  /** The listening socket, which other processes may share. */
  readonly acceptor: Pick<Acceptor, 'settle' | 'close'>;
  readonly connections: Connections;
  readonly hold: () => () => void;
  /** Tells clients by HTTP/2 that they have to go elsewhere with what comes next. */
  readonly leave: () => void;
}

/**
 * Stops a server without losing a request. The caller has seen to it that every answer says `connection: close` from
 * now on.
 *
 * 1. Goes on listening until every client has been told so or the grace has passed.
 * 2. Stops listening. The kernel resets connections that it has completed and Node has not accepted yet; a client
 *    that waits for an answer opens none, so answers are held back for the moment in which that queue empties, and new
 *    requests are not begun, so that nothing but accepting is left to do.
 * 3. Closes idle connections; requests in progress finish. By HTTP/2, a request that crosses with the news is not answered:
 *    so they are told now, when whoever is in front has seen that the server is not ready, and nobody comes back to it.
 * 4. Cuts off what is left after `drainMs`.
 */
export async function drain({ acceptor, connections, hold, leave }: Draining, drainMs: number): Promise<void> {
  const deadline = performance.now() + drainMs;
  const graceMs = Math.min(IDLE_GRACE_MS, drainMs / 2);
  await atMost(graceMs, connections.empty());
  await acceptor.settle();
  const release = hold();
  await settleAccepts(connections);
  await acceptor.close();
  release();
  leave();
  connections.closeIdle(graceMs);
  const sweep = setInterval(() => connections.closeIdle(graceMs), IDLE_SWEEP_MS);
  await atMost(Math.max(0, deadline - performance.now()), connections.empty());
  clearInterval(sweep);
  connections.destroyAll();
}
