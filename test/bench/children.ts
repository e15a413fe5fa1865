import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

const TAIL_LENGTH = 2_000;
const STOP_DEADLINE_MS = 5_000;

export interface RunOptions {
  readonly cwd: string;
  readonly deadlineMs: number;
}

/** Every process that a run starts: each leads a group of its own, and none outlives the run. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  #closed = false;

  start(command: readonly string[], options: SpawnOptions): ChildProcess {
    if (this.#closed) throw new Error('the run has ended');
    const [program = '', ...args] = command;
    const child = spawn(program, args, { ...options, detached: true });
    this.#running.add(child);
    child.once('error', () => this.#running.delete(child));
    child.once('exit', () => {
      this.#running.delete(child);
      killGroup(child, 'SIGKILL');
    });
    return child;
  }

  /** Runs a command to its end and returns its stdout; throws with the end of its output when it fails or takes too long. */
  async run(command: readonly string[], { cwd, deadlineMs }: RunOptions): Promise<string> {
    const child = this.start(command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let tail = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL_LENGTH);
    });
    const overdue = setTimeout(() => killGroup(child, 'SIGKILL'), deadlineMs);
    try {
      const [code] = await once(child, 'close');
      if (code === 0) return stdout;
      throw new Error(
        `${command.slice(0, 3).join(' ')} … failed (${code ?? 'killed'}): ${tail || stdout.slice(-TAIL_LENGTH)}`,
      );
    } finally {
      clearTimeout(overdue);
    }
  }

  /** SIGTERM, and SIGKILL for what is left after five seconds. */
  async stop(child: ChildProcess): Promise<void> {
    if (!this.#running.has(child)) return;
    const exited = once(child, 'exit');
    const overdue = setTimeout(() => killGroup(child, 'SIGKILL'), STOP_DEADLINE_MS);
    killGroup(child, 'SIGTERM');
    await exited;
    clearTimeout(overdue);
  }

  /** At once, and nothing can be started any more. */
  killAll(): void {
    this.#closed = true;
    for (const child of this.#running) killGroup(child, 'SIGKILL');
  }
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // the only thing that kill throws
    if (code !== 'ESRCH') throw error;
  }
}
