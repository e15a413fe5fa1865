import { alignColumns } from '../../gateway/cli/table';

it('makes columns as wide as their widest cell, without spaces at the end of a line', () => {
  const rows = [
    ['POOL', 'WHY'],
    ['inventory/api', 'answers'],
    ['a', ''],
  ];
  expect(alignColumns(rows)).toBe('POOL           WHY\ninventory/api  answers\na');
  expect(alignColumns([])).toBe('');
});
