/** The load generator: every connection asks again as soon as it has its answer. */
import { connect, type Socket } from 'node:net';
import { answerParent } from './helper-process';
import { type HttpMessage, HttpMessageReader } from './http-messages';
import { LatencyHistogram } from './statistics';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  /** Of every request; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Length in bytes that the body of every answer must have. */
  readonly answerLength: number;
  readonly connections: number;
  /** A header with a value that no other request has; null: all requests are the same bytes. */
  readonly ownHeader: 'authorization' | 'traceparent' | null;
}

export interface Tally {
  readonly elapsedMs: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers with a status other than 200. */
  readonly refused: number;
  /** Answers with 200 and a body of another length. */
  readonly altered: number;
  /** Connections that ended or failed. */
  readonly broken: number;
}

export type LoadCommands = {
  start(load: Load): void;
  /** Forgets what was counted so far: the warm-up is over. */
  mark(argument: null): void;
  stop(argument: null): Tally;
};

const MOST_BROKEN = 1_000;
const READ_BUFFER_BYTES = 262_144;

class LoadGenerator {
  readonly #load: Load;
  readonly #request: Buffer;
  /** The request in latin1 text, to be split where the header that makes it unique belongs. */
  readonly #requestLines: string;
  readonly #requestRest: string;
  readonly #latencies = new LatencyHistogram();
  readonly #sockets = new Set<Socket>();
  /** One for all connections: bytes are taken apart before the next read. */
  readonly #readBuffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  #begun = performance.now();
  #sent = 0;
  #answered = 0;
  #refused = 0;
  #altered = 0;
  #broken = 0;
  #stopped = false;

  constructor(load: Load) {
    this.#load = load;
    const body = Buffer.from(load.body);
    const own = Object.entries(load.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#requestLines = `POST ${load.path} HTTP/1.1\r\nhost: 127.0.0.1:${load.port}\r\naccept: application/json\r\n${own.join('')}`;
    const entity = `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    this.#requestRest = entity + body.toString('latin1');
    this.#request = Buffer.from(this.#requestLines + this.#requestRest, 'latin1');
    for (let index = 0; index < load.connections; index += 1) this.#connect();
  }

  mark(): void {
    this.#begun = performance.now();
    this.#latencies.clear();
    this.#answered = 0;
    this.#refused = 0;
    this.#altered = 0;
    this.#broken = 0;
  }

  stop(): Tally {
    const elapsedMs = performance.now() - this.#begun;
    this.#stopped = true;
    for (const socket of this.#sockets) socket.destroy();
    return {
      elapsedMs,
      requests: this.#answered,
      p50Ms: this.#latencies.quantileMs(0.5),
      p99Ms: this.#latencies.quantileMs(0.99),
      refused: this.#refused,
      altered: this.#altered,
      broken: this.#broken,
    };
  }

  #connect(): void {
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      this.#send(socket);
    };
    const take = (message: HttpMessage) => {
      this.#take(message, performance.now() - sentAt);
      if (!this.#stopped) send();
    };
    const reader = new HttpMessageReader(take, { keepBodies: false });
    const read = (length: number) => {
      try {
        reader.push(this.#readBuffer.subarray(0, length));
      } catch {
        socket.destroy();
      }
      return true;
    };
    const onread = { buffer: this.#readBuffer, callback: read };
    const socket = connect({ host: '127.0.0.1', port: this.#load.port, noDelay: true, onread }, send);
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#reconnect(socket));
  }

  #reconnect(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#stopped) return;
    this.#broken += 1;
    if (this.#broken < MOST_BROKEN) setTimeout(() => this.#stopped || this.#connect(), 10);
  }

  #send(socket: Socket): void {
    this.#sent += 1;
    const { ownHeader } = this.#load;
    if (ownHeader === null) socket.write(this.#request);
    else socket.write(`${this.#requestLines}${ownHeader}: ${this.#ownValue()}\r\n${this.#requestRest}`, 'latin1');
  }

  #ownValue(): string {
    if (this.#load.ownHeader === 'authorization') return `Bearer ${this.#sent}`;
    const id = this.#sent.toString(16);
    return `00-${id.padStart(32, '0')}-${id.padStart(16, '0')}-00`;
  }

  #take({ head, bodyLength }: HttpMessage, latencyMs: number): void {
    this.#answered += 1;
    this.#latencies.record(latencyMs);
    if (!head.startsWith('HTTP/1.1 200')) this.#refused += 1;
    else if (bodyLength !== this.#load.answerLength) this.#altered += 1;
  }
}

let generator: LoadGenerator | undefined;

function running(): LoadGenerator {
  if (generator === undefined) throw new Error('no load has been started');
  return generator;
}

answerParent({
  start: (load) => {
    generator = new LoadGenerator(load);
  },
  mark: () => running().mark(),
  stop: () => running().stop(),
} satisfies LoadCommands);
