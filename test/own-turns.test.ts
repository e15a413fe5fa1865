import { ownTurn } from '../gateway/own-turns';

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
