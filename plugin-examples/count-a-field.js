// Counts how often clients ask for a field that is to go, by the name that they give themselves, and tells the log once a minute.

const FIELD = process.env.COUNTED_FIELD ?? 'Product.price';
/** Names are the clients': so many are told apart. */
const CLIENTS_MAX = 100;

/** @type {import('headgate').PluginModule} */
module.exports = () => {
  const counts = new Map();
  const tell = () => {
    if (counts.size > 0)
      process.stderr.write(`${JSON.stringify({ field: FIELD, asked: Object.fromEntries(counts) })}\n`);
    counts.clear();
  };
  const timer = setInterval(tell, 60_000).unref();
  return {
    name: 'count-a-field',
    ready: (next) => (ready, call) => {
      if (ready.prepared.fields().has(FIELD)) {
        const given = String(call.headers['apollographql-client-name'] ?? 'unknown').slice(0, 100);
        const client = counts.has(given) || counts.size < CLIENTS_MAX ? given : 'others';
        counts.set(client, (counts.get(client) ?? 0) + 1);
      }
      return next(ready, call);
    },
    close: () => {
      clearInterval(timer);
      tell();
    },
  };
};
