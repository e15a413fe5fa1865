import { join } from 'node:path';
import { installedVersion, installPeer } from '../peers/install';
import type { Gateway } from './gateway';

interface Variant {
  readonly rustPlanner: boolean;
  readonly inboundDedupe: boolean;
}

const SHARES = 'shares identical subgraph calls in flight by default';

function hive(names: Pick<Gateway, 'id' | 'title' | 'note'>, { rustPlanner, inboundDedupe }: Variant): Gateway {
  return {
    ...names,
    prepare: async (children) => {
      const folder = await installPeer('hive', children);
      const packages = ['@graphql-hive/gateway', ...(rustPlanner ? ['@graphql-hive/router-runtime'] : [])];
      const bin = join(folder, 'node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js');
      const config = join(folder, 'gateway.config.mjs');
      return {
        version: packages.map((name) => `${name} ${installedVersion(folder, name)}`).join(', '),
        command: ({ port, supergraphFile, forwardAuthorization }) => ({
          args: [
            ...[bin, 'supergraph', supergraphFile, '--config-path', config],
            ...['--host', '127.0.0.1', '--port', String(port), '--fork', '1'],
            ...(rustPlanner ? ['--hive-router-runtime'] : []),
          ],
          env: { FORWARD_AUTHORIZATION: forwardAuthorization ? '1' : '0', INBOUND_DEDUPE: inboundDedupe ? '1' : '0' },
          path: '/graphql',
        }),
      };
    },
  };
}

export const hiveJs: Gateway = hive(
  { id: 'hive-js', title: 'Hive Gateway, JS planner', note: SHARES },
  { rustPlanner: false, inboundDedupe: false },
);

export const hiveRust: Gateway = hive(
  { id: 'hive-rust', title: 'Hive Gateway, Rust planner', note: SHARES },
  { rustPlanner: true, inboundDedupe: false },
);

export const hiveRustDedupe: Gateway = hive(
  {
    id: 'hive-rust-dedupe',
    title: 'Hive Gateway, Rust planner, inbound dedupe',
    note: `${SHARES}, and client requests as asked`,
  },
  { rustPlanner: true, inboundDedupe: true },
);
