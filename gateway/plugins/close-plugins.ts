import { setTimeout as sleep } from 'node:timers/promises';
import { announce } from '../events';
import type { Plugin } from './plugin';

/** What a plugin may take to close; the gateway does not wait longer. */
const CLOSE_MS = 5_000;

/** Closes plugins, the last one first. What one of them throws keeps the others from nothing. */
export async function closePlugins(plugins: readonly Plugin[]): Promise<void> {
  for (const plugin of [...plugins].reverse()) {
    const timer = new AbortController();
    try {
      await Promise.race([plugin.close?.(), sleep(CLOSE_MS, undefined, { signal: timer.signal }).catch(() => {})]);
    } catch (error) {
      announce('internal.error', { where: `plugin ${plugin.name} (close)`, error });
    }
    timer.abort();
  }
}
