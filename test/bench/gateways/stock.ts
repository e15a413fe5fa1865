import { join } from 'node:path';
import { packageRoot } from '../../../gateway/package-root';
import { installedVersion } from '../peers/install';
import type { Gateway } from './gateway';

/** The reference: its answers are the right ones, its figures are 1×. */
export const stock: Gateway = {
  id: 'stock',
  title: 'Apollo gateway',
  prepare: async () => ({
    version: ['@apollo/gateway', '@apollo/server']
      .map((name) => `${name} ${installedVersion(packageRoot, name)}`)
      .join(', '),
    command: ({ port, supergraphFile, forwardAuthorization }) => ({
      args: [join(__dirname, 'stock-process.js')],
      env: {
        APOLLO_TELEMETRY_DISABLED: '1',
        SUPERGRAPH: supergraphFile,
        PORT: String(port),
        FORWARD_AUTHORIZATION: forwardAuthorization ? '1' : '0',
      },
      path: '/',
    }),
  }),
};
