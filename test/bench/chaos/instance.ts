import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Children } from '../children';
import { type Behaviour, type Counts, type FromInstance, type ToInstance, WELL } from './faults';

const PROGRAM = join(__dirname, 'instance-process.js');
const ANSWER_MS_MAX = 5_000;
const NOTHING: Counts = { requests: 0, executed: [] };

/** A process that can be killed, stopped and told to misbehave; it keeps its port over restarts. */
export class Instance {
  readonly host: string;
  port: number;
  /** When its last process began to listen, on the clock of `performance.now()`. */
  listeningMs = Number.NaN;
  readonly #children: Children;
  #child: ChildProcess | null = null;
  #turn = 0;

  constructor(children: Children, host = '127.0.0.1', port = 0) {
    this.#children = children;
    this.host = host;
    this.port = port;
  }

  get url(): string {
    return `http://${this.host}:${this.port}/graphql`;
  }

  get id(): string {
    return `${this.host}:${this.port}`;
  }

  /** Resolves once it listens. */
  async start(behaviour: Behaviour = WELL): Promise<void> {
    const child = this.#children.start([process.execPath, PROGRAM, this.host, String(this.port)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const message = await this.#hear(child, ({ say }) => say === 'listening');
    this.listeningMs = performance.now();
    if (message.say === 'listening') this.port = message.port;
    await this.behave(behaviour);
  }

  /** Resolves once it behaves so. */
  behave(changes: Partial<Behaviour>): Promise<Counts> {
    return this.#tell((turn) => ({ say: 'behave', behaviour: { ...WELL, ...changes }, turn }));
  }

  /** Since it was asked before. */
  count(): Promise<Counts> {
    return this.#tell((turn) => ({ say: 'count', turn }));
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an orderly deployment stops it. @returns everything since it was asked before, to its end */
  async terminate(): Promise<Counts> {
    const child = this.#child;
    if (child === null) throw new Error(`the instance at ${this.id} does not run`);
    const heard = this.#hear(child, ({ say }) => say === 'farewell');
    const [message] = await Promise.all([heard, this.#end('SIGTERM')]);
    return message.say === 'farewell' ? message.counts : NOTHING;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async #tell(message: (turn: number) => ToInstance): Promise<Counts> {
    const child = this.#child;
    if (child === null) throw new Error(`the instance at ${this.id} does not run`);
    this.#turn += 1;
    const turn = this.#turn;
    const heard = this.#hear(child, (answer) => answer.say === 'done' && answer.turn === turn);
    child.send(message(turn));
    const answer = await heard;
    return answer.say === 'done' ? answer.counts : NOTHING;
  }

  #hear(child: ChildProcess, fits: (message: FromInstance) => boolean): Promise<FromInstance> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(overdue);
        child.off('message', listen);
        child.off('exit', gone);
      };
      const listen = (message: FromInstance) => {
        if (!fits(message)) return;
        settle();
        resolve(message);
      };
      const fail = (why: string) => {
        settle();
        reject(new Error(`the instance at ${this.id} ${why}`));
      };
      const gone = () => fail('ended before it answered');
      const overdue = setTimeout(() => fail(`did not answer within ${ANSWER_MS_MAX} ms`), ANSWER_MS_MAX);
      child.on('message', listen);
      child.once('exit', gone);
    });
  }
}
