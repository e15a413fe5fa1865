import { runSwaps } from '../fixtures/swaps';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SWAPS = 10;
const HEAP_GROWTH_MAX_BYTES = 30_000_000;

describe('supergraphs that follow one another while clients ask', () => {
  const directory = temporaryDirectories();

  it('are each served, every answer is of one of them, and none stays in memory', async () => {
    const { answers, failures, versionsSeen, reports } = await runSwaps({
      folder: directory(),
      swaps: SWAPS,
      intervalMs: 100,
      clients: 4,
      pauseMs: 5,
      operations: 10,
      reportEvery: SWAPS,
    });
    expect(failures).toEqual([]);
    expect(versionsSeen).toBe(SWAPS + 1);
    expect(answers).toBeGreaterThan(SWAPS);
    const [before, after] = reports.map(({ heap }) => heap);
    expect((after ?? Number.NaN) - (before ?? Number.NaN)).toBeLessThan(HEAP_GROWTH_MAX_BYTES);
  }, 120_000);
});
