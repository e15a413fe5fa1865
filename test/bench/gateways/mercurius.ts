import { join } from 'node:path';
import { installedVersion, installPeer } from '../peers/install';
import type { Gateway } from './gateway';

export const mercurius: Gateway = {
  id: 'mercurius',
  title: 'Mercurius gateway',
  prepare: async (children) => {
    const folder = await installPeer('mercurius', children);
    return {
      version: `@mercuriusjs/gateway ${installedVersion(folder, '@mercuriusjs/gateway')}`,
      command: ({ port, subgraphsOrigin, forwardAuthorization }) => ({
        args: [join(folder, 'gateway.mjs')],
        env: {
          PORT: String(port),
          SUBGRAPHS: subgraphsOrigin,
          FORWARD_AUTHORIZATION: forwardAuthorization ? '1' : '0',
        },
        path: '/graphql',
      }),
    };
  },
};
