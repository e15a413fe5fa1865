import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Acceptor } from '../../gateway/http/acceptor';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';

/** A listening socket of somebody else, in this process; it notes what it is asked. */
class Porch implements Acceptor {
  readonly steps: string[] = [];
  readonly #server: Server;
  #onConnection: (socket: Socket) => void = () => {};

  constructor() {
    this.#server = createServer({ pauseOnConnect: true }, (socket) => {
      this.#onConnection(socket);
      socket.resume();
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // as: it listens on TCP
  }

  get addresses() {
    return [{ host: '127.0.0.1', port: this.port }];
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  open(onConnection: (socket: Socket) => void): void {
    this.#onConnection = onConnection;
  }

  async settle(): Promise<void> {
    this.steps.push('settle');
  }

  async close(): Promise<void> {
    this.steps.push('close');
    this.#server.close();
  }
}

describe('a server behind a acceptor', () => {
  let porch: Porch;
  let server: HttpServer;

  beforeEach(async () => {
    porch = new Porch();
    await porch.start();
    server = behindPorch();
  });
  afterEach(async () => {
    await server.close();
    await porch.close();
  });

  function behindPorch(options: Partial<HttpServerOptions> = {}): HttpServer {
    return new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      acceptor: porch,
      way: httpStack([{ method: 'GET', path: '/hello', handle: () => ({ status: 200, body: 'hello' }) }], null, null),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      ...options,
    });
  }

  it('answers connections that it is given', async () => {
    const { url } = await server.listen();
    expect(url).toBe(porch.url);
    const response = await fetch(`${url}/hello`);
    expect(await response.text()).toBe('hello');
  });

  it('watches over the time that headers take', async () => {
    server = behindPorch({ headersTimeoutMs: 1_000 });
    await server.listen();
    let answer = '';
    // It hangs up without a word on whom it has not read a byte of by then: on a busy machine that may be this one.
    while (answer === '') {
      const slow = connect(porch.port, '127.0.0.1');
      slow.write('GET /hello HTTP/1.1\r\nhost: a');
      answer = await text(slow);
    }
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('settles, then closes the acceptor, when it drains', async () => {
    await server.listen();
    await server.drain(500);
    expect(porch.steps).toEqual(['settle', 'close']);
  });
});
