import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../config/config';
import { loadConfig } from '../../config/load';
import { packageRoot } from '../../package-root';
import { runDemo } from '../demo/run-demo';
import { runCommand } from '../output';

interface DemoOptions {
  readonly config: string;
  readonly host?: string;
  readonly port?: number;
  readonly logLevel?: Config['log']['level'];
}

const LOG_LEVELS: readonly Config['log']['level'][] = ['silent', 'error', 'warn', 'info', 'debug'];

/** `headgate demo`: exit 0 when it is stopped, 3 when a port is taken. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'run the example: three GraphQL subgraphs, one of them on three instances, a REST service, the gateway',
    )
    .option('--config <file>', 'configuration of the demo', join(packageRoot, 'schema', 'headgate.yaml'))
    .option('--host <host>', 'address that the gateway listens on')
    .option('--port <port>', 'port that the gateway listens on; 0 picks a free one', readPort)
    .addOption(new Option('--log-level <level>', 'what the gateway logs').choices(LOG_LEVELS))
    .action(runCommand(demo));
}

async function demo({ config: path, host, port, logLevel }: DemoOptions): Promise<undefined> {
  const loaded = await loadConfig({
    path,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
  });
  const { config } = loaded;
  const log = { ...config.log, level: logLevel ?? config.log.level };
  await runDemo({ ...loaded, config: { ...config, log } }, resolve(path));
  return undefined;
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('expected a port from 0 to 65535');
}
