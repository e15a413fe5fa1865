// Tells the log of each operation that took long which call to a subgraph took longest.

const SLOW_MS = Number(process.env.SLOW_MS ?? 500);

/** @type {import('headgate').Plugin} */
module.exports = {
  name: 'log-the-slowest-fetch',
  ready: (next) => async (ready, call) => {
    const outcome = await next(ready, call);
    const tookMs = performance.now() - call.startedAt;
    const [slowest] = [...(call.flight?.calls ?? [])].sort((a, b) => b.durationMs - a.durationMs);
    if (tookMs < SLOW_MS || slowest === undefined) return outcome;
    const { subgraph, instance, durationMs } = slowest;
    const line = {
      id: call.id,
      operation: ready.prepared.head.name,
      tookMs,
      slowest: { subgraph, instance, durationMs },
    };
    process.stderr.write(`${JSON.stringify(line)}\n`);
    return outcome;
  },
};
