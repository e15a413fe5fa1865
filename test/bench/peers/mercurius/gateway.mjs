// Mercurius gateway as its README starts it. Reads PORT, SUBGRAPHS (origin) and FORWARD_AUTHORIZATION from the environment.
import mercuriusGateway from '@mercuriusjs/gateway';
import Fastify from 'fastify';

const { PORT, SUBGRAPHS, FORWARD_AUTHORIZATION } = process.env;
const forward = FORWARD_AUTHORIZATION === '1';

const services = ['accounts', 'inventory', 'products', 'reviews'].map((name) => ({
  name,
  url: `${SUBGRAPHS}/${name}`,
  ...(forward && { rewriteHeaders: ({ authorization }) => (authorization === undefined ? {} : { authorization }) }),
}));

const gateway = Fastify();
gateway.register(mercuriusGateway, { gateway: { services } });
await gateway.listen({ host: '127.0.0.1', port: Number(PORT) });
