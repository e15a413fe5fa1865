import { nearestName } from '../gateway/nearest-name';

describe('nearestName', () => {
  it.each([
    ['timout', ['timeout', 'retry'], 'timeout'],
    ['weigth', ['weight', 'zone'], 'weight'],
    ['TIMEOUT', ['timeout'], 'timeout'],
    ['heath_check', ['health_check', 'hedge'], 'health_check'],
  ])('finds what %s was meant to be', (given, candidates, nearest) => {
    expect(nearestName(given, candidates)).toBe(nearest);
  });

  it('finds nothing where nothing resembles', () => {
    expect(nearestName('completely', ['url', 'zone'])).toBeUndefined();
  });
});
