// Hive Gateway's configuration: its defaults, and what a run asks for in the environment.
import { defineConfig } from '@graphql-hive/gateway';

const { FORWARD_AUTHORIZATION, INBOUND_DEDUPE } = process.env;

const forwardAuthorization = {
  fromClientToSubgraphs({ request }) {
    const authorization = request.headers.get('authorization');
    return authorization === null ? {} : { authorization };
  },
};

export const gatewayConfig = defineConfig({
  ...(FORWARD_AUTHORIZATION === '1' && { propagateHeaders: forwardAuthorization }),
  ...(INBOUND_DEDUPE === '1' && { inboundInflightRequestDeduplication: true }),
});
