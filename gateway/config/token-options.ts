import type { TokenOptions } from '../credentials/options';
import { GRAPHQL_POOL, type SubgraphOptions } from '../transport/options';
import { instanceOptions, poolOptions } from './pool-options';
import { DEFAULTS } from './pool-scope';
import type { Settings } from './settings';

type Auth = NonNullable<Settings['subgraphs'][string]['auth']>;

/** Tokens that calls to a subgraph or to its sources show. Pools of their endpoints have nothing of `traffic_shaping`. */
export function tokenOptions({ subgraphs, discovery }: Settings, name: string): Pick<SubgraphOptions, 'tokens'> {
  const { auth, sources = {} } = (Object.hasOwn(subgraphs, name) ? subgraphs[name] : undefined) ?? {};
  const given = Object.entries(sources).map(([source, one]) => [source, one.auth] as const);
  const tokens = [[GRAPHQL_POOL, auth] as const, ...given].flatMap(([key, one]) =>
    one === undefined
      ? []
      : [[key, optionsOf(one, key === GRAPHQL_POOL ? name : `${name}/${key}`, discovery.addresses)]],
  );
  return tokens.length === 0 ? {} : { tokens: Object.fromEntries(tokens) };
}

function optionsOf(auth: Auth, label: string, addresses: Settings['discovery']['addresses']): TokenOptions {
  const { client_credentials: own, token_exchange: exchange } = auth;
  const section = own ?? exchange;
  if (section === undefined) throw new Error('the schema lets no empty auth through');
  const { token_endpoint: url, client_id: clientId, client_secret: clientSecret, scopes, audience = null } = section;
  const pool = poolOptions(`${label}/tokens`, 'rest', instanceOptions({ url }) ?? [], DEFAULTS, addresses);
  return {
    pool,
    clientId,
    clientSecret,
    scopes,
    audience,
    subject: exchange === undefined ? null : subjectOf(exchange),
  };
}

function subjectOf({
  subject_token: { header, prefix, type },
}: NonNullable<Auth['token_exchange']>): TokenOptions['subject'] {
  return { header: header.toLowerCase(), prefix: prefix === '' ? null : prefix, type };
}
