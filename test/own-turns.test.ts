import { ownTurn, pieceTurn } from '../gateway/own-turns';
import { hold, letGo } from './fixtures/held-time';

it('gives each piece of large work a turn of the event loop of its own, in order', async () => {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const turns: (readonly [string, number])[] = [];
  await Promise.all(['a', 'b', 'c'].map((name) => ownTurn().then(() => turns.push([name, turn]))));
  isOver = true;
  expect(turns.map(([name]) => name)).toEqual(['a', 'b', 'c']);
  expect(new Set(turns.map(([, at]) => at)).size).toBe(3);
});

it('begins again when nothing was left to do', async () => {
  await ownTurn();
  await expect(ownTurn()).resolves.toBeUndefined();
});

describe('pieces of large work', () => {
  afterEach(letGo);

  /** What was done in each turn of the loop, when every piece takes so long. */
  async function turnsOf(names: readonly string[], pieces: number, ms: number): Promise<string[]> {
    hold('performance');
    const done: string[] = [''];
    let isOver = false;
    const count = () => {
      if (done.at(-1) !== '') done.push('');
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const work = async (name: string) => {
      for (let piece = 0; piece < pieces; piece += 1) {
        await pieceTurn();
        // Awaits something that is there, as work does between its pieces.
        await null;
        jest.advanceTimersByTime(ms);
        done[done.length - 1] += name;
      }
    };
    await Promise.all(names.map(work));
    isOver = true;
    return done.filter((turn) => turn !== '');
  }

  it('share a turn of the loop while they are short, one of each', async () => {
    expect(await turnsOf(['a', 'b', 'c'], 3, 1)).toEqual(['abc', 'abc', 'abc']);
  });

  it('wait for the next one when the turn has been long, and come in order', async () => {
    expect(await turnsOf(['a', 'b', 'c', 'd', 'e'], 2, 4)).toEqual(['ab', 'cd', 'ea', 'bc', 'de']);
  });

  it('have one of each turn when they are long', async () => {
    expect(await turnsOf(['a', 'b'], 2, 50)).toEqual(['a', 'b', 'a', 'b']);
  });
});
