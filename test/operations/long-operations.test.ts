import { Admission } from '../../gateway/security/admission';
import { startLocalServer } from '../fixtures/local-server';
import { RawSocket } from '../fixtures/raw-socket';

const COUNT = 10;

function request(at: number, padding: number): string {
  const body = JSON.stringify({ query: `query Q${at} { __typename } # ${'x'.repeat(padding)}` });
  return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** Turns of the loop in which operations were judged that came in one packet, and the answers. */
async function turnsOf(padding: number): Promise<{ readonly turns: number[]; readonly answers: string[] }> {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  const turns: number[] = [];
  const judge = Admission.prototype.refuseOperation;
  jest.spyOn(Admission.prototype, 'refuseOperation').mockImplementation(function (this: Admission, query, id) {
    turns.push(turn);
    return judge.call(this, query, id);
  });
  const server = await startLocalServer();
  const client = await RawSocket.open(server.port);
  count();
  client.send(Array.from({ length: COUNT }, (_, at) => request(at, padding)).join(''));
  while (client.received.split('"__typename"').length <= COUNT) await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  client.destroy();
  await server.close();
  jest.restoreAllMocks();
  return { turns, answers: client.received.match(/HTTP\/1\.1 \d+/g) ?? [] };
}

describe('operations that are new and come together', () => {
  it('are looked at in a turn of the loop each when they are long', async () => {
    const { turns, answers } = await turnsOf(1_000);
    expect(new Set(turns).size).toBe(COUNT);
    expect(answers).toEqual(Array(COUNT).fill('HTTP/1.1 200'));
  });

  it('are looked at together when they are short', async () => {
    const { turns, answers } = await turnsOf(1);
    expect(new Set(turns).size).toBeLessThan(COUNT);
    expect(answers).toEqual(Array(COUNT).fill('HTTP/1.1 200'));
  });
});
