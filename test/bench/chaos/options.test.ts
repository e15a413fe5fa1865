import { UsageError } from '../flags';
import { parseOptions } from './options';

const KNOWN = ['LB-01', 'LB-04', 'LB-08'];

it('runs every row once without the others unless told otherwise', () => {
  expect(parseOptions([], KNOWN)).toEqual({ rows: null, repeat: 1, peers: false });
});

it('reads rows, repeats and files', () => {
  const args = ['--rows', 'lb-04, LB-08', '--repeat', '10', '--peers', '--json', 'a.json', '--markdown', 'a.md'];
  expect(parseOptions(args, KNOWN)).toEqual({
    rows: ['LB-04', 'LB-08'],
    repeat: 10,
    peers: true,
    jsonFile: 'a.json',
    markdownFile: 'a.md',
  });
});

it('shows its usage', () => {
  expect(parseOptions(['--help'], KNOWN)).toBe('help');
});

it.each([
  [['--rows', 'LB-99'], '--rows: "LB-99" is none of LB-01, LB-04, LB-08'],
  [['--repeat', '0'], '--repeat: "0" is not a whole number from 1 to 100'],
  [['--quiet'], /'--quiet'/],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args, KNOWN)).toThrow(UsageError);
  expect(() => parseOptions(args, KNOWN)).toThrow(message);
});
