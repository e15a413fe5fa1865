import { subscribe } from '../../../gateway/events';
import type { Snapshot } from '../../../gateway/pool/discovery/discovery';
import { Follower, type FollowerParts } from '../../../gateway/pool/discovery/follower';
import { Newest } from '../../../gateway/pool/discovery/newest';
import type { InstanceOptions } from '../../../gateway/pool/options';
import { Inbox } from '../../fixtures/inbox';
import { instance } from '../../fixtures/pool-options';

const a = instance('http://a');
const b = instance('http://b');

let followers: Follower[] = [];
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.close()));
  followers = [];
});

function follow(changes: Partial<FollowerParts> = {}) {
  const snapshots = new Newest<Snapshot>();
  const changed = new Inbox<readonly InstanceOptions[]>();
  let report: (failure: string | null) => void = () => undefined;
  const follower = new Follower({
    pool: 'products',
    kind: 'dns',
    open: (given) => {
      report = given;
      return { [Symbol.asyncIterator]: () => snapshots[Symbol.asyncIterator](), close: async () => snapshots.end() };
    },
    remembered: [],
    anyWell: () => false,
    changed: changed.put,
    ...changes,
  });
  followers.push(follower);
  const answer = (...endpoints: InstanceOptions[]) => snapshots.put({ version: '', endpoints, complete: true });
  return { follower, changed, answer, report: (failure: string | null) => report(failure) };
}

describe('Follower', () => {
  it('hands on the first answer at once', async () => {
    const { changed, answer, follower } = follow();
    answer(a);
    expect(await changed.take()).toEqual([a]);
    await follower.answered;
  });

  it('hands on several changes that come together as one', async () => {
    const { changed, answer } = follow({ remembered: [a] });
    answer(a, b);
    await Promise.resolve();
    answer(b);
    expect(await changed.take()).toEqual([b]);
    expect(changed.waiting).toBe(0);
  });

  it('keeps what was found while the source fails, and says why', async () => {
    const failures = new Inbox<string>();
    const stop = subscribe('discovery.failed', ({ message }) => failures.put(message));
    const { follower, report, changed } = follow({ remembered: [a] });
    report('no route');
    report('no route');
    expect(await failures.take()).toBe('no route');
    expect(failures.waiting).toBe(0);
    expect(follower.failure).toBe('no route');
    expect(follower.endpoints).toEqual([a]);
    expect(changed.waiting).toBe(0);
    stop();
  });

  it('lets go of everybody when the source repeats that nobody is there and the checks agree', async () => {
    const doubts = new Inbox<number>();
    const stop = subscribe('discovery.doubted', ({ kept }) => doubts.put(kept));
    const { changed, answer } = follow({ remembered: [a, b] });
    answer();
    expect(await doubts.take()).toBe(2);
    expect(changed.waiting).toBe(0);
    answer();
    expect(await changed.take()).toEqual([]);
    stop();
  });

  it('hands on nothing after it was closed', async () => {
    const { follower, changed, answer } = follow({ remembered: [a] });
    answer(b);
    await follower.answered;
    await follower.close();
    expect(changed.waiting).toBe(0);
  });
});
