import { createLane } from '../../../gateway/supergraph/sources/lane';

/** A run that ends when the test says so. */
function controlledRuns() {
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const run = () => new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
  return { ends, lane: createLane(run) };
}

describe('a lane', () => {
  it('runs at once when nothing runs', () => {
    const { ends, lane } = controlledRuns();
    void lane();
    expect(ends).toHaveLength(1);
  });

  it('gives all calls made during a run one run after it', async () => {
    const { ends, lane } = controlledRuns();
    const first = lane();
    const later = [lane(), lane(), lane()];
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await first;
    await Promise.resolve();
    expect(ends).toHaveLength(2);
    ends[1]?.resolve();
    await Promise.all(later);
    expect(ends).toHaveLength(2);
  });

  it('goes on after a run that failed, and tells only those who asked for it', async () => {
    const { ends, lane } = controlledRuns();
    const first = lane();
    const second = lane();
    ends[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await Promise.resolve();
    ends[1]?.resolve();
    await expect(second).resolves.toBeUndefined();
  });
});
