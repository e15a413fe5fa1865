import { createCoalescingQueue } from '../../../gateway/supergraph/sources/coalescing-queue';

/** A run that ends when the test says so. */
function controlledRuns() {
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const run = () => new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
  return { ends, queue: createCoalescingQueue(run) };
}

describe('a queue', () => {
  it('runs at once when nothing runs', () => {
    const { ends, queue } = controlledRuns();
    void queue();
    expect(ends).toHaveLength(1);
  });

  it('gives all calls made during a run one run after it', async () => {
    const { ends, queue } = controlledRuns();
    const first = queue();
    const later = [queue(), queue(), queue()];
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
    const { ends, queue } = controlledRuns();
    const first = queue();
    const second = queue();
    ends[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await Promise.resolve();
    ends[1]?.resolve();
    await expect(second).resolves.toBeUndefined();
  });
});
