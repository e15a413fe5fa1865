/** One HTTP/1.1 message; `body` is latin1 text, empty when the reader does not keep bodies. */
export interface HttpMessage {
  /** The start line and the headers, without the empty line. */
  readonly head: string;
  readonly body: string;
  readonly bodyLength: number;
}

const LARGEST_HEAD = 65_536;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer';

/**
 * Takes a connection's bytes apart into messages. A parser of its own because it serves both ends of the bench (the
 * subgraphs' requests, the load generator's answers) at a fifth of the cost of `node:http`: what the bench spends
 * must not be what limits the gateway. It trusts its peers, and knows `content-length` and `chunked` only.
 */
export class HttpMessageReader {
  readonly #onMessage: (message: HttpMessage) => void;
  readonly #keepBodies: boolean;
  #state: State = 'head';
  #line = '';
  #head = '';
  #body = '';
  #bodyLength = 0;
  #left = 0;

  constructor(onMessage: (message: HttpMessage) => void, { keepBodies }: { readonly keepBodies: boolean }) {
    this.#onMessage = onMessage;
    this.#keepBodies = keepBodies;
  }

  /** Takes the next bytes; they may be overwritten afterwards. Throws on what is not HTTP/1.1 with a known length. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at = this.#step(bytes, at);
  }

  #step(bytes: Buffer, at: number): number {
    if (this.#state === 'head') return this.#readHead(bytes, at);
    if (this.#state === 'length' || this.#state === 'chunk') return this.#readBody(bytes, at);
    return this.#readLine(bytes, at);
  }

  #readHead(bytes: Buffer, at: number): number {
    const end = this.#line === '' ? bytes.indexOf(END_OF_HEAD, at) : -1;
    if (end !== -1) {
      this.#beginBody(bytes.toString('latin1', at, end));
      return end + END_OF_HEAD.length;
    }
    return this.#readSplitHead(bytes, at);
  }

  /** The head came in pieces: joined as text. */
  #readSplitHead(bytes: Buffer, at: number): number {
    const before = this.#line.length;
    this.#line += bytes.toString('latin1', at, Math.min(bytes.length, at + LARGEST_HEAD));
    const end = this.#line.indexOf('\r\n\r\n');
    if (end === -1 && this.#line.length >= LARGEST_HEAD) throw new Error('an HTTP head larger than 64 kB');
    if (end === -1) return bytes.length;
    const head = this.#line.slice(0, end);
    this.#line = '';
    this.#beginBody(head);
    return at + end + END_OF_HEAD.length - before;
  }

  #beginBody(head: string): void {
    this.#head = head;
    this.#body = '';
    this.#bodyLength = 0;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (length !== null) {
      this.#state = 'length';
      this.#left = Number(length[1]);
      if (this.#left === 0) this.#finish();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#state = 'chunk-size';
    } else if (head.startsWith('HTTP/')) {
      throw new Error('an HTTP answer without a length');
    } else {
      this.#finish();
    }
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    if (this.#keepBodies) this.#body += bytes.toString('latin1', at, end);
    this.#bodyLength += end - at;
    this.#left -= end - at;
    if (this.#left > 0) return end;
    if (this.#state === 'chunk') this.#state = 'chunk-end';
    else this.#finish();
    return end;
  }

  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(10, at);
    this.#line += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
    if (this.#line.length > LARGEST_HEAD) throw new Error('an HTTP chunk header larger than 64 kB');
    if (end === -1) return bytes.length;
    const line = this.#line.trim();
    this.#line = '';
    this.#takeLine(line);
    return end + 1;
  }

  #takeLine(line: string): void {
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size';
    } else if (this.#state === 'trailer') {
      if (line === '') this.#finish();
    } else {
      this.#left = Number.parseInt(line, 16);
      if (Number.isNaN(this.#left)) throw new Error(`not the size of an HTTP chunk: ${line}`);
      this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    }
  }

  #finish(): void {
    this.#state = 'head';
    this.#onMessage({ head: this.#head, body: this.#body, bodyLength: this.#bodyLength });
  }
}
