import { type Command, InvalidArgumentError } from 'commander';
import { inBackground } from '../../background';
import { loadConfig } from '../../config/load';
import { subscribe } from '../../events';
import { type CommandOutput, diagnose, runCommand } from '../output';
import { readAdapterFile } from '../rest/adapter-file';
import { checkFiles } from '../rest/check';
import { startRestServer } from '../rest/server';

interface ServeOptions {
  readonly config?: string;
  readonly host: string;
  readonly port: number;
}

/** `headgate rest check|serve`: exit 1 when an adapter has problems, 3 when a file cannot be read or a port is taken. */
export function registerRest(program: Command): void {
  const rest = program.command('rest').description('REST services as subgraphs: check an adapter, run it alone');
  rest
    .command('check')
    .description('check the @source and @connect directives of REST adapters')
    .argument('<file...>', 'SDL files with connect directives')
    .action(runCommand(check));
  rest
    .command('serve')
    .description('run one REST adapter as a GraphQL subgraph')
    .argument('<file>', 'an SDL file with connect directives')
    .option('--config <file>', 'instances, timeouts and headers of the subgraph; ./headgate.yaml by default')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 picks a free one', readPort, 0)
    .action(runCommand(serve));
}

async function check(paths: readonly string[]): Promise<CommandOutput> {
  const files = await checkFiles(paths);
  return { data: { files }, text: files.map(({ file }) => `${file} is valid`).join('\n') };
}

async function serve(path: string, { config: configPath, host, port }: ServeOptions): Promise<CommandOutput> {
  const file = await readAdapterFile(path);
  const { config } = await loadConfig(configPath === undefined ? {} : { path: configPath });
  subscribe('internal.error', ({ where, error }) => diagnose(`defect in ${where}: ${stackOf(error)}`));
  const server = await startRestServer(file, config, { host, port });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      diagnose(`${signal}: closing`);
      inBackground('REST server', server.close());
    });
  }
  return { data: { url: server.url, subgraph: file.name }, text: `subgraph ${file.name} ready at ${server.url}` };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
}
