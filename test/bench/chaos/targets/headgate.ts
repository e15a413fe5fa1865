import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Children } from '../../children';
import type { RunningTarget, Target } from './target';

const MAIN = join(__dirname, '..', '..', '..', '..', 'gateway', 'main.js');
const READY_MS_MAX = 30_000;

export const SDL = 'type Query { ping(id: ID!): ID }\ntype Mutation { bump(id: ID!): ID }\n';

/** Defaults but for the health page, which is the one that the others ask too, and as often. */
const SHAPING = { health_check: '{ path: /health, interval: 1s }' };

/** Runs `headgate serve` on the `headgate.yaml` of a folder. Resolves once it is ready. */
export async function serveHeadgate(children: Children, folder: string): Promise<RunningTarget & { kill(): void }> {
  const child = children.start([process.execPath, MAIN, 'serve', '--config', join(folder, 'headgate.yaml')], {
    cwd: folder,
    env: { ...process.env, HEADGATE_ADMIN_PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-2_000);
  });
  const ready = await new Promise<string>((resolve, reject) => {
    const overdue = setTimeout(() => reject(new Error(`headgate was not ready in time: ${log}`)), READY_MS_MAX);
    child.once('exit', () => reject(new Error(`headgate ended: ${log}`)));
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      if (!line.includes('ready at')) return;
      clearTimeout(overdue);
      resolve(line);
    });
  });
  const [, url = '', admin = ''] = /ready at (\S+)(?: \(admin ([^)\s]+)\))?/.exec(ready) ?? [];
  return {
    url,
    admin,
    stop: () => children.stop(child),
    kill: () => child.kill('SIGKILL'),
  };
}

export const HEADGATE: Target = {
  id: 'headgate',
  title: 'Headgate',
  available: () => true,
  async start({ children, instances, folder, shaping }) {
    const urls = instances.map(({ url }) => `{ url: "${url}" }`);
    const lines = Object.entries({ ...SHAPING, ...shaping }).map(([key, value]) => `    ${key}: ${value}\n`);
    writeFileSync(join(folder, 'ping.graphql'), SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
subgraphs:
  ping: { schema: { file: ./ping.graphql }, instances: [ ${urls.join(', ')} ] }
traffic_shaping:
  all:
${lines.join('')}`,
    );
    return await serveHeadgate(children, folder);
  },
};

export async function metricsOf({ admin }: RunningTarget): Promise<string> {
  return await (await fetch(`${admin}/metrics`)).text();
}
