import type { ChildProcess } from 'node:child_process';
import type { Children } from './children';
import { pinned } from './cores';

/** What a helper process can be asked to do, by name. */
export type Commands = Record<string, (argument: never) => unknown>;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const ANSWER_DEADLINE_MS = 60_000;

/** The parent's end of a process of the bench itself: the load generator or the subgraphs. */
export class HelperProcess<C extends Commands> {
  readonly #title: string;
  readonly #child: ChildProcess;
  readonly #children: Children;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(children: Children, file: string, core: number | null) {
    this.#title = file;
    this.#children = children;
    this.#child = children.start(pinned(core, [process.execPath, file]), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (answer) => this.#receive(answer as Answer)); // both ends are compiled from this file
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.on('exit', () => this.#fail(new Error(`${file} has ended`)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask<N extends keyof C & string>(name: N, argument: Parameters<C[N]>[0]): Promise<Awaited<ReturnType<C[N]>>> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const overdue = setTimeout(
      () => this.#receive({ id, error: `${this.#title} does not answer` }),
      ANSWER_DEADLINE_MS,
    );
    const question: Question = { id, name, argument };
    this.#child.send(question, (error) => error && this.#receive({ id, error: error.message }));
    try {
      return (await answered) as Awaited<ReturnType<C[N]>>; // the helper answers with what its command returned
    } finally {
      clearTimeout(overdue);
    }
  }

  stop(): Promise<void> {
    return this.#children.stop(this.#child);
  }

  #receive({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The helper's end: answers what the parent asks, and ends with the parent. */
export function answerParent(commands: Commands): void {
  process.on('disconnect', () => process.exit());
  process.on('message', async (message) => {
    const { id, name, argument } = message as Question; // both ends are compiled from this file
    process.send?.({ id, ...(await perform(commands[name], argument)) } satisfies Answer);
  });
}

async function perform(command: Commands[string] | undefined, argument: unknown): Promise<Omit<Answer, 'id'>> {
  try {
    return { result: await command?.(argument as never) }; // `ask` has checked the argument against the command
  } catch (error) {
    return { error: String(error) };
  }
}
