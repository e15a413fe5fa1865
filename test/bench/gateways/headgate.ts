import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../../../gateway/package-root';
import { launcherFlags } from '../../fixtures/launcher-flags';
import { buildRevision } from '../revision';
import type { Gateway, GatewayCommand, PreparedGateway, Stand } from './gateway';
import { signedToken } from './signed-token';

const OWN_MAIN = join(__dirname, '..', '..', '..', 'gateway', 'main.js');

const FORWARDING = `headers:
  all:
    request: [{ propagate: { named: authorization } }]
`;

/** @param sections of a configuration */
function serve(
  main: string,
  { port, supergraphFile, folder, forwardAuthorization }: Stand,
  sections = '',
): GatewayCommand {
  const args = [...launcherFlags(main), main, 'serve', '--supergraph', supergraphFile, '--port', String(port)];
  const text = `${sections}${forwardAuthorization ? FORWARDING : ''}`;
  if (text !== '') {
    const config = join(folder, 'headgate.yaml');
    writeFileSync(config, text);
    args.push('--config', config);
  }
  return { args, env: { HEADGATE_ADMIN_PORT: '0' }, path: '/graphql' };
}

function ownGateway(names: Pick<Gateway, 'id' | 'title' | 'note'>, command: PreparedGateway['command']): Gateway {
  return {
    ...names,
    prepare: async () => {
      if (!existsSync(OWN_MAIN)) throw new Error(`${OWN_MAIN} is missing; run npm run build`);
      return { version: packageVersion, command };
    },
  };
}

/** This checkout, as compiled. */
export const headgate = ownGateway({ id: 'headgate', title: 'Headgate' }, (stand) => serve(OWN_MAIN, stand));

/** Nobody reaches it: what is measured is the counting. */
const RATE = `rate_limit: { policies: [ { name: per-client, rate: 10000000, period: 1s } ] }
`;

export const headgateRate = ownGateway(
  { id: 'headgate-rate', title: 'Headgate, one rate limit', note: 'by the address of the peer' },
  (stand) => serve(OWN_MAIN, stand, RATE),
);

/** Beside the header that some traffic has a value of its own in. */
const TOKEN = 'x-token';

/** What the next one is asked, and no more than it is: the price of a header that nobody looks at is not that of identity. */
export const headgateToken = ownGateway(
  { id: 'headgate-token', title: 'Headgate, sent a JWT', note: 'that it does not look at' },
  (stand) => ({ ...serve(OWN_MAIN, stand), headers: { [TOKEN]: `Bearer ${signedToken().token}` } }),
);

export const headgateRateJwt = ownGateway(
  { id: 'headgate-rate-jwt', title: 'Headgate, a JWT and one rate limit', note: 'by its subject; RS256' },
  (stand) => {
    const { jwks, token } = signedToken();
    writeFileSync(join(stand.folder, 'jwks.json'), jwks);
    const sources = `sources: [ { type: header, name: ${TOKEN} } ]`;
    const authentication = `authentication: { jwt: { jwks: [ { file: ./jwks.json } ], ${sources} }, require: true }\n`;
    return { ...serve(OWN_MAIN, stand, authentication + RATE), headers: { [TOKEN]: `Bearer ${token}` } };
  },
);

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
