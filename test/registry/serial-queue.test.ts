import { SerialQueue } from '../../gateway/registry/serial-queue';

describe('a serial queue', () => {
  it('runs one task at a time, in order, whatever became of those before', async () => {
    const queue = new SerialQueue(10);
    const seen: string[] = [];
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) =>
        queue.run(async () => {
          seen.push(`${name} starts`);
          await Promise.resolve();
          seen.push(`${name} ends`);
          if (name === 'a') throw new Error('failed');
        }),
      ),
    );
    expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('refuses a task when too many wait, and takes one again when they are done', async () => {
    const queue = new SerialQueue(1);
    let release: () => void = () => undefined;
    const first = queue.run(
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    await expect(queue.run(async () => undefined)).rejects.toMatchObject({ code: 'REGISTRY_BUSY' });
    // The task itself starts one tick after it was queued.
    await new Promise<void>((resolve) => setImmediate(resolve));
    release();
    await first;
    await queue.run(async () => undefined);
  });
});
