import { type Belief, believe, difference, NOTHING_FOUND } from '../../../gateway/pool/discovery/belief';
import { instance } from '../../fixtures/pool-options';

const a = instance('http://a');
const b = instance('http://b');
const answer = (endpoints: readonly (typeof a)[], complete = true) => ({ version: '', endpoints, complete });
const nobody = answer([]);
const knowing: Belief = { endpoints: [a, b], emptyAnswers: 0 };

describe('believe', () => {
  it('takes a complete answer as it is', () => {
    expect(believe(knowing, answer([b]), () => true).endpoints).toEqual([b]);
  });

  it('only adds what an incomplete answer names', () => {
    expect(believe({ endpoints: [a], emptyAnswers: 0 }, answer([b], false), () => true).endpoints).toEqual([b, a]);
  });

  it('does not believe one empty answer, whatever the checks say', () => {
    expect(believe(knowing, nobody, () => false).endpoints).toEqual([a, b]);
  });

  it('believes an empty answer that repeats when the checks agree', () => {
    const once = believe(knowing, nobody, () => false);
    expect(believe(once, nobody, () => true).endpoints).toEqual([a, b]);
    expect(believe(once, nobody, () => false).endpoints).toEqual([]);
  });

  it('forgets empty answers when there is another', () => {
    const once = believe(knowing, nobody, () => false);
    const filled = believe(once, answer([a]), () => false);
    expect(believe(filled, nobody, () => false).endpoints).toEqual([a]);
  });

  it('knows nobody at first', () => {
    expect(believe(NOTHING_FOUND, nobody, () => false).endpoints).toEqual([]);
  });

  it('takes the first of two with the same URL', () => {
    expect(believe(NOTHING_FOUND, answer([a, instance('http://a', { weight: 9 })]), () => true).endpoints).toEqual([a]);
  });
});

describe('difference', () => {
  it('tells apart by URL, whatever the order', () => {
    expect(difference([a, b], [b, a])).toEqual({ added: [], removed: [], differs: false });
    expect(difference([a], [b])).toEqual({ added: ['http://b'], removed: ['http://a'], differs: true });
  });

  it('sees a weight that changed', () => {
    expect(difference([a], [instance('http://a', { weight: 2 })])).toEqual({ added: [], removed: [], differs: true });
  });
});
