import { StreamShare } from '../../../gateway/http/http2/stream-share';

describe('the share of a connection in all requests that are in progress', () => {
  it('has no limit of its own while there is room', () => {
    const share = new StreamShare(100);
    Object.assign(share, { streams: 99, busy: 1 });
    expect(share.isUsedUp(99)).toBe(false);
  });

  it('is the same for all when there is none, and never less than three', () => {
    const share = new StreamShare(100);
    Object.assign(share, { streams: 100, busy: 10 });
    expect([9, 10].map((count) => share.isUsedUp(count))).toEqual([false, true]);
    Object.assign(share, { streams: 300, busy: 100 });
    expect([2, 3].map((count) => share.isUsedUp(count))).toEqual([false, true]);
  });
});
