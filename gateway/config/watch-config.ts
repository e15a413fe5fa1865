import { inBackground } from '../background';
import { isHeadgateError } from '../errors';
import { announce } from '../events';
import { createCoalescingQueue } from '../supergraph/sources/coalescing-queue';
import { watchFiles } from '../supergraph/watch-files';
import { changedSettings } from './changed-settings';
import type { Config } from './config';
import type { LoadedConfig } from './load';

export interface ConfigWatch {
  close(): void;
}

/** A configuration whose subgraphs do not answer is tried again. */
const RETRY_MS = 10_000;

/** Sections of {@link Config} that listeners, threads, files and processes are opened with. */
const RESTART_SECTIONS = [
  'server',
  'admin',
  'persistedDocuments',
  'audit',
  'discovery',
  'planning',
  'registry',
  'store',
  'usage',
  'log',
  'workers',
] as const;

/** Sections that change at once, but are on the way of a request from the start, or not at all. */
const PLACED_SECTIONS = {
  authentication: 'authentication',
  rateLimits: 'rate_limit',
  demandControl: 'demand_control',
} as const;

/**
 * Loads the configuration again when one of its files changes. One that is broken, or that cannot be taken over, is
 * announced and the running one stays; so is what waits for a restart.
 * @param takeOver makes the change that a running process can make
 */
export function watchConfig(
  first: LoadedConfig,
  load: () => Promise<LoadedConfig>,
  takeOver: (next: LoadedConfig) => Promise<void>,
): ConfigWatch {
  /** As read last, whether it was taken over or not. */
  let loaded = first;
  let running = first.config;
  /** As the one that runs is shown. */
  let shown = first.shown?.();
  let retry: NodeJS.Timeout | undefined;
  let watched: readonly string[] = [];
  let watch: { close(): void } | null = null;
  let closed = false;

  const reload = createCoalescingQueue(async () => {
    const path = loaded.path ?? '';
    clearTimeout(retry);
    try {
      loaded = await load();
      watchAll();
      announceNotInEffect(loaded.config);
      await takeOver(loaded);
      announceRestarts(running, loaded.config);
      running = loaded.config;
      const before = shown;
      shown = loaded.shown?.();
      announce('config.reloaded', { path, changes: changedSettings(before, shown) });
    } catch (error) {
      announce('config.refused', { path, message: error instanceof Error ? error.message : String(error) });
      // Nobody writes the file again when a subgraph that it names begins to answer.
      if (isHeadgateError(error, 'SUPERGRAPH_UNAVAILABLE') && !closed) retry = setTimeout(reload, RETRY_MS).unref();
    }
  });

  /** A watch that stays notices what changes while a change is taken over. */
  function watchAll(): void {
    if (closed || sameOptions(loaded.files, watched)) return;
    watch?.close();
    watched = loaded.files;
    watch = watchFiles([...watched], reload);
    inBackground('configuration watch', catchUp(loaded));
  }

  /** What was written after the files were read and before they were watched, nobody tells. */
  async function catchUp({ source }: LoadedConfig): Promise<void> {
    const isSame = await load().then(
      (now) => sameOptions(now.source, source),
      () => false,
    );
    if (!isSame && !closed) await reload();
  }

  watchAll();
  return {
    close() {
      closed = true;
      clearTimeout(retry);
      watch?.close();
    },
  };
}

export function announceNotInEffect({ notInEffect }: Config): void {
  if (notInEffect.length > 0)
    announce('config.notice', { message: `accepted, but not in effect in this version: ${notInEffect.join(', ')}` });
}

function announceRestarts(before: Config, next: Config): void {
  if (next.supergraph.source !== before.supergraph.source || next.supergraph.path !== before.supergraph.path)
    announce('config.notice', { message: 'a change of supergraph.source or supergraph.path takes effect on restart' });
  const placed = Object.entries(PLACED_SECTIONS).flatMap(([key, section]) => {
    const of = key as keyof typeof PLACED_SECTIONS; // as: a key of it
    return (before[of] === null) === (next[of] === null) ? [] : [section];
  });
  const restart = [...RESTART_SECTIONS.filter((key) => !sameOptions(before[key], next[key])), ...placed];
  if (restart.length > 0)
    announce('config.notice', {
      message: `changes in these sections take effect on restart: ${restart.map(asWritten).join(', ')}`,
    });
}

/** As a file has it. */
function asWritten(section: string): string {
  return section.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function sameOptions(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
