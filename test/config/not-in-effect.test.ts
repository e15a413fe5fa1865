import { keysNotInEffect } from '../../gateway/config/not-in-effect';

describe('keysNotInEffect', () => {
  it('names what is set and not acted upon, in every scope', () => {
    expect(
      keysNotInEffect({
        traffic_shaping: { all: { hedge: { enabled: true } }, subgraphs: { a: { deduplicate: true, timeout: '1s' } } },
        subgraphs: { a: { discovery: { dns: 'a:1' } } },
        cors: {},
      }).sort(),
    ).toEqual([
      'cors',
      'subgraphs.a.discovery',
      'traffic_shaping.all.hedge',
      'traffic_shaping.subgraphs.a.deduplicate',
    ]);
  });

  it.each([
    ['adaptive', []],
    ['least-requests', []],
    ['hash', ['traffic_shaping.all.load_balancing.policy']],
  ])('judges the policy %s', (policy, expected) => {
    expect(keysNotInEffect({ traffic_shaping: { all: { load_balancing: { policy } } } })).toEqual(expected);
  });

  it('is silent about values that ask for what happens anyway', () => {
    expect(
      keysNotInEffect({ server: { workers: 1 }, traffic_shaping: { all: { retry: { mutations: false } } } }),
    ).toEqual([]);
  });
});
