import { qualityValues } from '../../gateway/http/quality-values';

describe('quality values', () => {
  it('gives 1 to a choice without a weight', () => {
    expect([...qualityValues('gzip, br')]).toEqual([
      ['gzip', 1],
      ['br', 1],
    ]);
  });

  it('reads weights whatever the case and the spaces', () => {
    expect(qualityValues('Text/HTML ; Q=0.5,*/*;q=0.1').get('text/html')).toBe(0.5);
  });

  it('refuses a choice whose weight is malformed', () => {
    const values = qualityValues('br;q=much, gzip;q=7, deflate;q=-1');
    expect([...values.values()]).toEqual([0, 0, 0]);
  });

  it('finds nothing in an absent or empty header', () => {
    expect(qualityValues(undefined).size).toBe(0);
    expect(qualityValues(' , ').size).toBe(0);
  });
});
