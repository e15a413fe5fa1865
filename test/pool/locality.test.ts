import { byNearness, nearness } from '../../gateway/pool/locality';

it('counts the leading parts that two zones share', () => {
  expect([nearness('aws/eu/a', 'aws/eu/a'), nearness('aws/eu', 'aws/eu/a')]).toEqual([Infinity, Infinity]);
  expect([nearness('aws/eu/a', 'aws/eu/b'), nearness('aws/eu/a', 'gcp/eu/a'), nearness('aws', null)]).toEqual([
    2, 0, 0,
  ]);
});

it('groups by nearness, nearest first, those without a zone last', () => {
  const made = ['gcp/x', null, 'aws/eu/a', 'aws/us/a'].map((zone) => ({ options: { zone } }));
  const zones = byNearness(made, 'aws/eu/a').map((group) => group.map(({ options }) => options.zone));
  expect(zones).toEqual([['aws/eu/a'], ['aws/us/a'], ['gcp/x', null]]);
});
