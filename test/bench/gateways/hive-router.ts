import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from './gateway';

/** Where `cargo install hive-router` puts it. */
const PROGRAM = process.env.HIVE_ROUTER ?? join(homedir(), '.cargo', 'bin', 'hive_router');

/** The router of The Guild in Rust, on one thread: it has one core, as every gateway here. */
export const hiveRouter: Gateway = {
  id: 'hive-router',
  title: 'Hive Router (Rust)',
  note: 'shares identical subgraph calls in flight by default',
  prepare: async () => {
    if (!existsSync(PROGRAM))
      throw new Error(
        `${PROGRAM} is missing: cargo install hive-router --features graphiql --locked, or set HIVE_ROUTER`,
      );
    return {
      version: `hive-router ${installedVersion()}`,
      command: ({ port, supergraphFile, folder, forwardAuthorization }) => {
        const config = join(folder, 'router.config.yaml');
        writeFileSync(config, configOf(port, supergraphFile, forwardAuthorization));
        return { program: PROGRAM, args: [], env: { ROUTER_CONFIG_FILE_PATH: config }, path: '/graphql' };
      },
    };
  },
};

/** As cargo has it in its list: asked with `--version`, the router starts. */
function installedVersion(): string {
  const list = join(homedir(), '.cargo', '.crates.toml');
  const text = existsSync(list) ? readFileSync(list, 'utf8') : '';
  return /"hive-router (\S+)/.exec(text)?.[1] ?? 'of unknown version';
}

function configOf(port: number, supergraph: string, forwards: boolean): string {
  const headers = forwards ? 'headers: { all: { request: [ { propagate: { named: authorization } } ] } }\n' : '';
  return `http: { host: 127.0.0.1, port: ${port}, workers: 1 }
supergraph: { source: file, path: ${JSON.stringify(supergraph)} }
log: { level: error }
${headers}`;
}
