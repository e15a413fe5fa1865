import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** How long the files must be still: an editor writes, renames and writes again. */
const STILL_MS = 100;

/** Watches files, also across being replaced. */
export class FileWatch {
  readonly #changed: () => void;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param changed called once for changes that come together */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches these from now on, and no others. Folders are watched for the files in them, as far as there are any. */
  files(paths: readonly string[]): void {
    this.#closeWatchers();
    const byFolder = new Map<string, Set<string>>();
    for (const path of paths.map((one) => resolve(one))) {
      const names = byFolder.get(dirname(path)) ?? new Set<string>();
      byFolder.set(dirname(path), names.add(basename(path)));
    }
    for (const [folder, names] of byFolder) {
      if (!existsSync(folder)) continue;
      const watcher = watch(folder, (_event, name) => {
        if (name === null || names.has(name)) this.#soon();
      });
      // A folder that goes away takes its files along: they are told of when they are read again.
      watcher.on('error', () => this.#soon());
      this.#watchers.push(watcher);
    }
  }

  close(): void {
    this.#closeWatchers();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #closeWatchers(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #soon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, STILL_MS);
  }
}
