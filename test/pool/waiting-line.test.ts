import { WaitingLine } from '../../gateway/pool/waiting-line';

function lineOf(...names: readonly string[]) {
  const line = new WaitingLine<string>();
  return { line, places: names.map((name) => line.join(name)) };
}

it('knows its oldest and its newest', () => {
  const { line } = lineOf('a', 'b', 'c');
  expect([line.oldest, line.newest, line.length]).toEqual(['a', 'c', 3]);
});

it.each([
  [0, 'b', 'c'],
  [1, 'a', 'c'],
  [2, 'a', 'b'],
])('is left from place %d', (left, oldest, newest) => {
  const { line, places } = lineOf('a', 'b', 'c');
  const place = places[left];
  if (place !== undefined) line.leave(place);
  expect([line.oldest, line.newest, line.length]).toEqual([oldest, newest, 2]);
});

it('can be joined again once everybody left', () => {
  const { line, places } = lineOf('a', 'b');
  for (const place of places) line.leave(place);
  expect([line.oldest, line.newest, line.length]).toEqual([null, null, 0]);
  line.join('c');
  expect([line.oldest, line.newest]).toEqual(['c', 'c']);
});
