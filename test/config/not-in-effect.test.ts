import { keysNotInEffect } from '../../gateway/config/not-in-effect';

describe('keysNotInEffect', () => {
  it('names what is set and not acted upon', () => {
    const given = {
      traffic_shaping: { all: { deduplicate: true } },
      telemetry: { traces: {}, logs: { redact: [] } },
      cache: {},
    };
    expect(keysNotInEffect(given).sort()).toEqual(['cache', 'telemetry.traces']);
  });

  it('is silent about everything else', () => {
    expect(keysNotInEffect({ server: { workers: 1 }, traffic_shaping: { all: { retry: {} } } })).toEqual([]);
  });
});
