// Lets tenants in that are known, and only to ask; the others are told so with status 403.

const TENANTS = new Set((process.env.TENANTS ?? '').split(','));

/** @type {import('headgate').PluginModule} */
module.exports = ({ refuse }) => ({
  name: 'refuse-by-tenant',
  asked: (next) => (asked, call) => {
    const tenant = call.headers['x-tenant'];
    if (typeof tenant === 'string' && TENANTS.has(tenant)) return next(asked, call);
    return refuse('send the header x-tenant with the name of a tenant', { code: 'FORBIDDEN', status: 403 });
  },
});
