import { resolve } from 'node:path';
import type { Settings } from './settings';

/** Paths in the file are relative to the file's folder. */
export function withAbsolutePaths(settings: Settings, folder: string): Settings {
  const absolute = (path: string) => resolve(folder, path);
  const { supergraph, discovery, registry, apollo, subgraphs } = settings;
  return {
    ...settings,
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
    registry: { directory: absolute(registry.directory) },
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
