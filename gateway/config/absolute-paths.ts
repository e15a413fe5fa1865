import { resolve } from 'node:path';
import { isPem } from './server-tls';
import type { Settings } from './settings';

/** Where the defaults of paths begin that the gateway writes to. */
const STATE = './.headgate/';

/**
 * Paths in the file are relative to the file's folder. Those written to that stand at their default are in the folder that
 * HEADGATE_STATE names, if it does: an image's configuration is mounted where nobody can write.
 */
export function withAbsolutePaths(settings: Settings, folder: string, env: NodeJS.ProcessEnv = process.env): Settings {
  const state = env.HEADGATE_STATE || null;
  const absolute = (path: string) =>
    state !== null && path.startsWith(STATE) ? resolve(state, path.slice(STATE.length)) : resolve(folder, path);
  const {
    server,
    supergraph,
    discovery,
    registry,
    audit,
    plugins,
    apollo,
    subgraphs,
    persisted_documents: persisted,
  } = settings;
  return {
    ...settings,
    ...withKeyFiles(settings, absolute),
    server: {
      ...server,
      listen: server.listen.map((at) => ('path' in at ? { ...at, path: absolute(at.path) } : at)),
      ...(server.tls === undefined ? {} : { tls: withTlsFiles(server.tls, absolute) }),
    },
    supergraph: {
      ...supergraph,
      ...(supergraph.path === undefined ? {} : { path: absolute(supergraph.path) }),
      checkpoint: supergraph.checkpoint === false ? false : absolute(supergraph.checkpoint),
    },
    discovery: {
      ...discovery,
      checkpoint: discovery.checkpoint === false ? false : absolute(discovery.checkpoint),
      kubernetes: {
        ...discovery.kubernetes,
        service_account: absolute(discovery.kubernetes.service_account),
      },
    },
    ...(audit === undefined ? {} : { audit: { ...audit, path: absolute(audit.path) } }),
    registry: { ...registry, directory: absolute(registry.directory) },
    ...(persisted === undefined
      ? {}
      : {
          persisted_documents: {
            ...persisted,
            manifests: persisted.manifests.map((one) => absoluteManifest(one, absolute)),
          },
        }),
    plugins: plugins.map(absolute),
    apollo: { plugins: apollo.plugins.map(absolute) },
    subgraphs: Object.fromEntries(
      Object.entries(subgraphs).map(([name, { rest, schema, ...others }]) => [
        name,
        {
          ...others,
          ...(schema === undefined
            ? {}
            : { schema: schema.file === undefined ? schema : { file: absolute(schema.file) } }),
          ...(rest === undefined ? {} : { rest: absolute(rest) }),
        },
      ]),
    ),
  };
}

function absoluteManifest<T extends string | { readonly file: string }>(
  manifest: T,
  absolute: (path: string) => string,
): T {
  const made: string | { readonly file: string } =
    typeof manifest === 'string' ? absolute(manifest) : { ...manifest, file: absolute(manifest.file) };
  return made as T; // as: of the same form
}

/** The section with the files of keys, where there is one. */
function withKeyFiles(
  { authentication: section }: Settings,
  absolute: (path: string) => string,
): Pick<Settings, 'authentication'> {
  const jwt = section?.jwt;
  if (section === undefined || jwt === undefined) return {};
  const jwks = jwt.jwks.map((set) => (set.file === undefined ? set : { ...set, file: absolute(set.file) }));
  return { authentication: { ...section, jwt: { ...jwt, jwks } } };
}

type Tls = NonNullable<Settings['server']['tls']>;

/** A text of PEM stays as it is. */
function withTlsFiles({ cert, key, client_ca: ca, ...others }: Tls, absolute: (path: string) => string): Tls {
  const file = (value: string) => (isPem(value) ? value : absolute(value));
  return { ...others, cert: file(cert), key: file(key), ...(ca === undefined ? {} : { client_ca: file(ca) }) };
}
