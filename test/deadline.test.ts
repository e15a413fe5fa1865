import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Deadline } from '../gateway/deadline';
import { hold, holdTimers, letGo } from './fixtures/held-time';

const DEADLINE = JSON.stringify(join(__dirname, '../gateway/deadline'));

/** Output of a process that does this and then has nothing else to do. */
function outputOf(script: string): string {
  const source = `const { Deadline } = require(${DEADLINE}); ${script}`;
  return spawnSync(process.execPath, ['-e', source], { encoding: 'utf8' }).stdout;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a deadline', () => {
  afterEach(letGo);

  it('lets an answer be read that arrived while the loop was blocked', async () => {
    const order: string[] = [];
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const accepted = once(server, 'connection');
    const client = connect(port).on('data', () => order.push('answer'));
    const [socket] = (await accepted) as [Socket];
    await new Promise<void>((resolve) => {
      socket.write('answer', () => {
        new Deadline(5, () => resolve(void order.push('deadline')));
        const end = performance.now() + 50;
        while (performance.now() < end);
      });
    });
    expect(order).toEqual(['answer', 'deadline']);
    client.destroy();
    socket.destroy();
    server.close();
  });

  it('keeps the process alive, and no longer than it waits', () => {
    expect(outputOf(`new Deadline(20, () => console.log('due'));`)).toBe('due\n');
    expect(outputOf(`new Deadline(1e9, () => {}).cancel(); console.log('over');`)).toBe('over\n');
    expect(outputOf(`const a = new Deadline(1e9, () => {}); new Deadline(5, () => a.cancel());`)).toBe('');
    expect(
      outputOf(`const a = new Deadline(1e9, () => {}); a.cancel(); new Deadline(2, () => console.log('due'));`),
    ).toBe('due\n');
    expect(outputOf(`new Deadline(2, () => {}).cancel(); new Deadline(40, () => console.log('due'));`)).toBe('due\n');
  });

  it('that throws is an uncaught exception, and others come all the same', () => {
    const script = `
      process.on('uncaughtException', ({ message }) => console.log(message));
      for (const name of ['a', 'b', 'c']) new Deadline(5, () => { if (name === 'c') console.log('c'); else throw new Error(name); });`;
    expect(outputOf(script)).toBe('a\nb\nc\n');
  });

  it('is exact below half a second, and longer ones are up to 16 ms early', async () => {
    holdTimers();
    const due: number[] = [];
    for (const ms of [1, 499, 511, 30_000, 30_015]) new Deadline(ms, () => due.push(ms));
    const dueAfter = async (ms: number) => {
      jest.advanceTimersByTime(ms);
      await turn();
      return due.splice(0);
    };
    expect([await dueAfter(1), await dueAfter(494), await dueAfter(1), await dueAfter(3)]).toEqual([
      [1],
      [],
      [511],
      [499],
    ]);
    expect([await dueAfter(29_500), await dueAfter(1)]).toEqual([[], [30_000, 30_015]]);
  });

  it('never comes once it is cancelled, also between the tick and the callback', async () => {
    holdTimers();
    const due: string[] = [];
    const second: Deadline[] = [];
    new Deadline(5, () => {
      due.push('first');
      second[0]?.cancel();
    });
    second.push(new Deadline(5, () => due.push('cancelled by the first')));
    const third = new Deadline(5, () => due.push('cancelled by the loop'));
    jest.advanceTimersByTime(5);
    third.cancel();
    await turn();
    expect(due).toEqual(['first']);
  });

  it('keeps the time that it was made in', async () => {
    const real = new Promise<void>((resolve) => new Deadline(1, resolve));
    hold('performance', 'setTimeout', 'clearTimeout');
    await real;
    const due: string[] = [];
    new Deadline(1, () => due.push('held'));
    letGo();
    await new Promise<void>((resolve) => new Deadline(30, resolve));
    expect(due).toEqual([]);
  });
});
