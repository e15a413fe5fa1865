import { Delivery } from '../../gateway/registry/delivery';

describe('a delivery', () => {
  it('serves everyone who waits with the newest revision, one at a time', async () => {
    let head = 1;
    const handedOn: number[] = [];
    const releases: (() => void)[] = [];
    const delivery = new Delivery(async () => {
      const revision = head;
      handedOn.push(revision);
      await new Promise<void>((resolve) => releases.push(resolve));
      return revision;
    });
    const first = delivery.reach(1);
    head = 3;
    const later = Promise.all([delivery.reach(2), delivery.reach(3)]);
    releases[0]?.();
    await first;
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(handedOn).toEqual([1, 3]);
    releases[1]?.();
    await later;
    await delivery.reach(2);
    expect(handedOn).toEqual([1, 3]);
  });

  it('tells those who wait that it failed, and tries again for the next', async () => {
    let works = false;
    const delivery = new Delivery(async () => {
      if (!works) throw new Error('no memory');
      return 1;
    });
    await expect(delivery.reach(1)).rejects.toThrow('no memory');
    works = true;
    await delivery.reach(1);
  });
});
