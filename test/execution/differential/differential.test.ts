import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { check } from './check';

/** More of them: `node dist/test/execution/differential/run.js --cases 100000 --seed 7`. */
const CASES = 2_000;
const SEED = 20_261_120;

describe('generated operations over generated federations', () => {
  afterAll(() => closeCompositionThread());

  it(`are answered as by one schema that holds everything (seed ${SEED})`, async () => {
    const { failures, cases } = await check({ cases: CASES, seed: SEED });
    expect(failures).toEqual([]);
    // Few of the federations do not compose.
    expect(cases).toBeGreaterThan(CASES * 0.8);
  }, 900_000);
});
