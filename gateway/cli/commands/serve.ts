import { type Command, InvalidArgumentError } from 'commander';
import type { LoadedConfig, LoadOptions } from '../../config/load';
import { subscribe } from '../../events';
import type { Gateway } from '../../gateway';
import { preparePlannerThread } from '../../planning/apollo/thread';
import { prepareCompositionThread } from '../../supergraph/compose';
import { type CommandOutput, diagnose, printError, runCommand } from '../output';

interface ServeOptions {
  readonly config?: string;
  readonly supergraph?: string;
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number | 'auto';
  readonly dev?: boolean;
}

const EXAMPLES = `
Examples:
  headgate serve                                     with ./headgate.yaml
  headgate serve --supergraph supergraph.graphql     with nothing but a supergraph
  headgate serve --config prod.yaml --host 0.0.0.0 --port 8080
`;

/** `headgate serve`: exit 0 after SIGTERM or SIGINT, 3 when the configuration is wrong or a port is taken. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run the gateway')
    .option('--config <file>', 'the configuration; ./headgate.yaml by default')
    .option('--supergraph <file>', 'a supergraph to serve; subgraph URLs come from it')
    .option('--host <host>', 'address for clients')
    .option('--port <port>', 'port for clients; 0 picks a free one', readPort)
    .option('--workers <number>', 'processes that share the port, or auto', readWorkers)
    .option('--dev', 'GraphiQL, introspection, query plans and error details on')
    .addHelpText('after', EXAMPLES)
    .action(runCommand(serve));
}

/**
 * The threads load their code while this one loads its own, which is why that is not imported above: from the start of the
 * process to the first answer it takes 0.5 s in place of 0.9 s. By `require`, as in `commands.ts`.
 */
async function serve({ config: path, ...others }: ServeOptions): Promise<CommandOutput> {
  prepareCompositionThread();
  const options: LoadOptions = { ...others, ...(path === undefined ? {} : { path }) };
  const { loadConfig }: typeof import('../../config/load') = require('../../config/load');
  const load = () => loadConfig(options);
  const loaded = await load();
  const { workers } = loaded.config;
  const gateway = workers === 1 ? await oneGateway(loaded, load) : workersGateway(loaded, load);
  stopOnSignals(gateway);
  let served = false;
  const forget = subscribe('supergraph.activated', () => {
    served = true;
  });
  const { server, admin } = await start(gateway);
  forget();
  if (loaded.path === null && loaded.config.supergraph.source === 'registry' && !served)
    diagnose(emptyRegistry(loaded.config.registry.directory));
  const url = new URL(loaded.config.server.path, server).href;
  const text = `headgate ready at ${url} (admin ${admin ?? 'off'})${workers === 1 ? '' : `, ${workers} workers`}`;
  return { data: { server: url, admin, workers }, text };
}

/** What somebody needs to know who has started a gateway in a folder with nothing in it. */
function emptyRegistry(directory: string): string {
  return `there is no ./headgate.yaml: this is a gateway with a registry of its own in ${directory}, and nothing is published yet
  headgate subgraph publish NAME --schema FILE --url URL    publish a subgraph to it
  headgate init                                             write a headgate.yaml, then start again
  headgate serve --supergraph FILE                          serve a composed supergraph instead
  headgate demo                                             see an example run`;
}

function oneGateway(loaded: LoadedConfig, reload: () => Promise<LoadedConfig>): Promise<Gateway> {
  preparePlannerThread();
  const { createGateway }: typeof import('../../gateway') = require('../../gateway');
  return createGateway(loaded, { reload });
}

/** Whichever way this process ends by itself, its workers end with it. */
function workersGateway(loaded: LoadedConfig, reload: () => Promise<LoadedConfig>): Gateway {
  const { createWorkers }: typeof import('../../workers/primary') = require('../../workers/primary');
  const gateway = createWorkers(loaded, { reload });
  process.once('exit', () => gateway.kill());
  return gateway;
}

async function start(gateway: Gateway): Promise<{ server: string; admin: string | null }> {
  try {
    return await gateway.start();
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

/** The first signal lets requests in flight finish; the second does not wait. */
function stopOnSignals(gateway: Gateway): void {
  let stopping = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    try {
      await gateway.stop(signal);
      process.exit(0);
    } catch (error) {
      printError(error, 'text');
      process.exit(1);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('expected a port from 0 to 65535');
}

function readWorkers(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new InvalidArgumentError('expected a number from 1 to 999, or auto');
}
