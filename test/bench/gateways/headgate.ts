import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../../../gateway/package-root';
import { launcherFlags } from '../../fixtures/launcher-flags';
import { buildRevision } from '../revision';
import type { Gateway, GatewayCommand, PreparedGateway, Stand } from './gateway';

const OWN_MAIN = join(__dirname, '..', '..', '..', 'gateway', 'main.js');

const FORWARDING = `headers:
  all:
    request: [{ propagate: { named: authorization } }]
`;

function serve(main: string, { port, supergraphFile, folder, forwardAuthorization }: Stand): GatewayCommand {
  const args = [...launcherFlags(main), main, 'serve', '--supergraph', supergraphFile, '--port', String(port)];
  if (forwardAuthorization) {
    const config = join(folder, 'headgate.yaml');
    writeFileSync(config, FORWARDING);
    args.push('--config', config);
  }
  return { args, env: { HEADGATE_ADMIN_PORT: '0' }, path: '/graphql' };
}

/** This checkout, as compiled. */
export const headgate: Gateway = {
  id: 'headgate',
  title: 'Headgate',
  prepare: async (): Promise<PreparedGateway> => {
    if (!existsSync(OWN_MAIN)) throw new Error(`${OWN_MAIN} is missing; run npm run build`);
    return { version: packageVersion, command: (stand) => serve(OWN_MAIN, stand) };
  },
};

/** Headgate as it was at a git revision. */
export function headgateAt(revision: string): Gateway {
  return {
    id: 'baseline',
    title: `Headgate at ${revision}`,
    prepare: async (children) => {
      const { folder, commit } = await buildRevision(revision, children);
      return {
        version: commit.slice(0, 12),
        command: (stand) => serve(join(folder, 'dist', 'gateway', 'main.js'), stand),
      };
    },
  };
}
