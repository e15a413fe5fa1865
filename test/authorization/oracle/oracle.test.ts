import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { checkAuthorization } from './check';

/** More of them: `node dist/test/authorization/oracle/run.js --cases 10000 --seed 7`. */
const CASES = 300;
const SEED = 20_261_201;

describe('authorization of generated operations over generated federations', () => {
  afterAll(() => closeCompositionThread());

  it(`gives everybody what the rules say, asks subgraphs for no more, and is nothing where all is permitted (seed ${SEED})`, async () => {
    const { failure, cases, refused } = await checkAuthorization({ cases: CASES, seed: SEED, perRound: 4 });
    expect(failure).toBeNull();
    expect(cases).toBeGreaterThanOrEqual(CASES);
    expect(refused).toBeGreaterThan(CASES * 0.1);
  }, 300_000);
});
