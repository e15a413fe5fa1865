import { join } from 'node:path';
import { freePort, listens } from './free-port';
import type { Target } from './target';

const PROGRAM = join(__dirname, 'balanced-pool-process.js');

function balancedPool(id: string, title: string, retry: 'retry' | 'plain'): Target {
  return {
    id,
    title,
    available: () => true,
    async start({ children, instances }) {
      const port = await freePort();
      const origins = instances.map(({ url }) => new URL(url).origin);
      const child = children.start([process.execPath, PROGRAM, retry, String(port), ...origins], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      await listens(port);
      return { url: `http://127.0.0.1:${port}/graphql`, admin: null, stop: () => children.stop(child) };
    },
  };
}

export const BALANCED_POOLS: readonly Target[] = [
  balancedPool('undici', 'undici BalancedPool', 'plain'),
  balancedPool('undici-retry', 'undici with retry', 'retry'),
];
