import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { check } from './check';
import { EXERCISED } from './seen';

/** More of them: `node dist/test/execution/differential/run.js --cases 100000 --seed 7`. */
const CASES = 1_400;
/** So many cases at least have each thing that is counted. */
const EACH_MIN = 3;
const SEED = 20_261_216;

describe('generated operations over generated federations', () => {
  afterAll(() => closeCompositionThread());

  it(`are answered as by one schema that holds everything (seed ${SEED})`, async () => {
    const { failures, cases, refused, exercised } = await check({ cases: CASES, seed: SEED });
    expect(failures).toEqual([]);
    expect(EXERCISED.filter((what) => exercised[what] < EACH_MIN)).toEqual([]);
    expect(refused).toBeLessThan(CASES * 0.02);
    // Few of the federations do not compose.
    expect(cases).toBeGreaterThan(CASES * 0.8);
  }, 900_000);
});
