import type { ServiceOptions } from './command-line';

/**
 * From "listening" to the end of a service's process: one line on stdout, a clean stop on SIGTERM or Ctrl-C.
 * @param url where the service answers
 * @param close stops accepting, finishes what is in flight
 */
export function runUntilStopped(options: ServiceOptions, url: string, close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    close().then(
      () => process.exit(0),
      (error) => endWith(options, error),
    );
  };
  process.on('SIGTERM', stop);
  if (!options.exitWithParent) process.on('SIGINT', stop);
  process.stdout.write(`${options.instance} listening on ${url}\n`);
}

/** Call first thing: a parent may die before the service listens, and a taken port must end in one readable line. */
export function prepareProcess(options: ServiceOptions): void {
  process.on('uncaughtException', (error) => endWith(options, error));
  if (!options.exitWithParent) return;
  // A terminal sends Ctrl-C to the whole process group: the parent stops this process, in its own order.
  process.on('SIGINT', () => undefined);
  const leave = () => process.exit(0);
  process.stdin.on('end', leave).on('close', leave).on('error', leave).resume();
}

function endWith(options: ServiceOptions, error: unknown): never {
  process.stderr.write(`${options.instance}: ${error instanceof Error ? error.message : String(error)}\n`);
  return process.exit(1);
}
