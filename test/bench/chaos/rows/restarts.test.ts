import { ejectionsDouble } from './restarts';

it.each([
  [[1_000, 1_000, 1_500, 3_500, 9_700], true],
  [[1_000, 1_000, 1_500], false],
  [[1_000, 1_000, 1_000, 1_000], false],
  [[], false],
])('sees whether ejections of %j ms double', (lastedMs, doubles) => {
  expect(ejectionsDouble(lastedMs)).toBe(doubles);
});
