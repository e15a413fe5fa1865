import { keysNotInEffect } from '../../gateway/config/not-in-effect';

describe('keysNotInEffect', () => {
  it('names what is set and not acted upon, in every scope', () => {
    expect(
      keysNotInEffect({
        traffic_shaping: { all: { deduplicate: true }, subgraphs: { a: { deduplicate: true, timeout: '1s' } } },
        cors: {},
      }).sort(),
    ).toEqual(['cors', 'traffic_shaping.all.deduplicate', 'traffic_shaping.subgraphs.a.deduplicate']);
  });

  it('is silent about values that ask for what happens anyway', () => {
    expect(
      keysNotInEffect({ server: { workers: 1 }, traffic_shaping: { all: { retry: { mutations: false } } } }),
    ).toEqual([]);
  });
});
