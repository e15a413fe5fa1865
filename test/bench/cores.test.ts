import { assignCores, parseCpuList, pinned } from './cores';

describe('cores', () => {
  it('reads lists of single cores and ranges', () => expect(parseCpuList('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8]));
  it('reads an empty list', () => expect(parseCpuList('')).toEqual([]));

  it('gives the gateway a core for itself, and load and subgraphs the other of two', () => {
    expect(assignCores([2, 3])).toEqual({ gateway: 2, load: 3, subgraphs: 3 });
  });

  it('gives each a core where there are three', () => {
    expect(assignCores([0, 1, 2, 3])).toEqual({ gateway: 0, load: 1, subgraphs: 2 });
  });

  it('pins nothing on a single core', () => {
    expect(assignCores([0])).toEqual({ gateway: null, load: null, subgraphs: null });
  });

  it('keeps a command on its core', () => {
    expect(pinned(1, ['node', 'x'])).toEqual(['taskset', '-c', '1', 'node', 'x']);
    expect(pinned(null, ['node', 'x'])).toEqual(['node', 'x']);
  });
});
