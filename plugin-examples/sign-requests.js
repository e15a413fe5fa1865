// Signs what subgraphs are sent, so that they can refuse what does not come from the gateway; and tells them the tenant.

const { createHmac } = require('node:crypto');

const SECRET = process.env.SIGNING_SECRET;

/** @type {import('headgate').PluginModule} */
module.exports = () => {
  if (!SECRET) throw new Error('set SIGNING_SECRET');
  return {
    name: 'sign-requests',
    reads: { headers: ['x-tenant'] },
    fetch: (next) => (request, flight) => {
      const tenant = String(flight.headers['x-tenant'] ?? '');
      const signature = createHmac('sha256', SECRET).update(`${tenant}\n${request.bodyText}`).digest('hex');
      return next(request.withHeaders({ ...request.headers, 'x-tenant': tenant, 'x-signature': signature }), flight);
    },
  };
};
