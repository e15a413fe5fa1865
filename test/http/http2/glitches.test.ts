import { Glitches } from '../../../gateway/http/http2/glitches';
import { hold, letGo } from '../../fixtures/held-time';

const add = (glitches: Glitches, count: number) => {
  for (let at = 1; at < count; at += 1) glitches.add();
  return glitches.add();
};

describe('what a client does beside its requests', () => {
  beforeEach(() => hold('performance'));
  afterEach(letGo);

  it('is too much when it comes in a row, and is forgotten in time', () => {
    const glitches = new Glitches();
    expect(add(glitches, 200)).toBe(false);
    expect(glitches.add()).toBe(true);
    jest.advanceTimersByTime(5_000);
    expect(add(glitches, 99)).toBe(false);
    expect(add(glitches, 2)).toBe(true);
  });

  it('is made up for by requests that are answered', () => {
    const glitches = new Glitches();
    for (let at = 0; at < 1_000; at += 1) {
      expect(glitches.add()).toBe(false);
      glitches.makeUp();
    }
    expect(add(glitches, 200)).toBe(false);
    expect(glitches.add()).toBe(true);
  });
});
