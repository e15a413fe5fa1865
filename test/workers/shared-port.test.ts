import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Receiver, SharedPort } from '../../gateway/workers/shared-port';
import { reservedPort } from '../fixtures/reserved-port';

const handed = new Set<Socket>();

/** Takes a connection when the test says so. */
class Hands implements Receiver {
  serving = true;
  gone = false;
  readonly given: Socket[] = [];
  #waiting: ((taken: boolean) => void)[] = [];
  #arrived: () => void = () => {};

  hand(socket: Socket): Promise<boolean> {
    this.given.push(socket);
    handed.add(socket);
    this.#arrived();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  settle(taken: boolean): void {
    this.#waiting.shift()?.(taken);
  }

  async holds(count: number): Promise<void> {
    while (this.given.length < count)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
  }
}

describe('a shared port', () => {
  let port: SharedPort;
  let clients: Socket[];
  let address: { readonly port: number };

  beforeEach(async () => {
    clients = [];
    // Nobody else gets it once it is closed.
    port = new SharedPort({ host: '127.0.0.1', port: await reservedPort() });
    const [listening] = (await port.listen()).addresses;
    address = listening ?? { port: 0 };
  });
  afterEach(() => {
    port.destroy();
    for (const socket of [...clients, ...handed]) socket.destroy();
    handed.clear();
  });

  async function client(): Promise<Socket> {
    const socket = connect(address.port, '127.0.0.1').on('error', () => undefined);
    clients.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  it('hands connections to each in turn', async () => {
    const [first, second] = [new Hands(), new Hands()];
    port.join(first);
    port.join(second);
    await client();
    await first.holds(1);
    await client();
    await second.holds(1);
    first.settle(true);
    await client();
    await first.holds(2);
    expect(second.given).toHaveLength(1);
  });

  it('passes over one that has nothing to serve, while another has', async () => {
    const [starting, serving] = [new Hands(), new Hands()];
    starting.serving = false;
    port.join(starting);
    port.join(serving);
    await client();
    await serving.holds(1);
    serving.settle(true);
    await client();
    await serving.holds(2);
    expect(starting.given).toHaveLength(0);
  });

  it('hands one that was not taken to somebody else, unread', async () => {
    const [dying, other] = [new Hands(), new Hands()];
    port.join(dying);
    const socket = await client();
    socket.write('hello');
    await dying.holds(1);
    dying.gone = true;
    dying.settle(false);
    port.leave(dying);
    port.join(other);
    await other.holds(1);
    const [received] = other.given;
    if (received === undefined) throw new Error('nothing was handed');
    received.resume();
    expect(String(await once(received, 'data'))).toBe('hello');
  });

  it('asks one again that did not take a connection and is not gone', async () => {
    const only = new Hands();
    port.join(only);
    await client();
    await only.holds(1);
    only.settle(false);
    await only.holds(2);
    only.settle(true);
    await client();
    await only.holds(3);
    expect(only.given[1]).toBe(only.given[0]);
  });

  it('does not wait for those who leave before they take one', async () => {
    const leaving = new Hands();
    port.join(leaving);
    await client();
    await leaving.holds(1);
    const closing = port.close();
    leaving.settle(false);
    await new Promise(setImmediate);
    port.leave(leaving);
    await expect(closing).resolves.toBeUndefined();
  });

  it('keeps connections until somebody comes, and is closed when all are handed out', async () => {
    await client();
    const late = new Hands();
    port.join(late);
    await late.holds(1);
    let closed = false;
    const closing = port.close().then(() => {
      closed = true;
    });
    expect(closed).toBe(false);
    late.settle(true);
    await closing;
    const refused = connect(address.port, '127.0.0.1');
    clients.push(refused);
    const [error] = await once(refused, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says who has the port', async () => {
    const other = new SharedPort({ host: '127.0.0.1', port: address.port });
    await expect(other.listen()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });
});
