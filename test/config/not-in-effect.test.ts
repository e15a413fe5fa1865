import { keysNotInEffect } from '../../gateway/config/not-in-effect';

describe('keysNotInEffect', () => {
  it('names what is set and not acted upon', () => {
    const given = { traffic_shaping: { router: { max_concurrency: 10 }, all: { deduplicate: true } }, cors: {} };
    expect(keysNotInEffect(given).sort()).toEqual(['cors', 'traffic_shaping.router.max_concurrency']);
  });

  it('is silent about everything else', () => {
    expect(keysNotInEffect({ server: { workers: 1 }, traffic_shaping: { all: { retry: {} } } })).toEqual([]);
  });
});
