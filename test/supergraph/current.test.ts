import { subscribe } from '../../gateway/events';
import { createCurrent } from '../../gateway/supergraph/current';

function currentWithLog() {
  const retired: string[] = [];
  return { retired, current: createCurrent<string>({ retire: (value) => retired.push(value) }) };
}

describe('current', () => {
  it('has nothing to get or hold before the first activation', () => {
    const { current } = currentWithLog();
    expect(current.get()).toBeNull();
    expect(current.hold()).toBeNull();
  });

  it('retires a replaced value at once when nobody holds it', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    current.activate('b');
    expect(current.get()).toBe('b');
    expect(retired).toEqual(['a']);
  });

  it('keeps a replaced value until its last holder releases it', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    const leases = Array.from({ length: 100 }, () => current.hold());
    current.activate('b');
    for (const lease of leases.slice(1)) lease?.release();
    expect(retired).toEqual([]);
    expect(leases[0]?.value).toBe('a');
    leases[0]?.release();
    expect(retired).toEqual(['a']);
  });

  it('counts a lease that is released twice once', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    const first = current.hold();
    const second = current.hold();
    current.activate('b');
    first?.release();
    first?.release();
    expect(retired).toEqual([]);
    second?.release();
    second?.release();
    expect(retired).toEqual(['a']);
  });

  it('does not retire a current value whose leases are all released', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    current.hold()?.release();
    expect(current.get()).toBe('a');
    expect(retired).toEqual([]);
  });

  it('changes nothing when the current value is activated again', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    current.activate('a');
    expect(retired).toEqual([]);
  });

  it('retires versions in the order in which they become free', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    const a = current.hold();
    current.activate('b');
    const b = current.hold();
    current.activate('c');
    b?.release();
    a?.release();
    expect(retired).toEqual(['b', 'a']);
  });

  it('lets holders finish after close, and hands out nothing more', () => {
    const { current, retired } = currentWithLog();
    current.activate('a');
    const lease = current.hold();
    current.close();
    expect(current.get()).toBeNull();
    expect(current.hold()).toBeNull();
    expect(retired).toEqual([]);
    lease?.release();
    expect(retired).toEqual(['a']);
  });

  it('retires at once what is activated after close', () => {
    const { current, retired } = currentWithLog();
    current.close();
    current.activate('late');
    expect(current.get()).toBeNull();
    expect(retired).toEqual(['late']);
  });

  it('announces an error thrown while retiring and goes on', () => {
    const errors: unknown[] = [];
    const unsubscribe = subscribe('internal.error', ({ error }) => errors.push(error));
    const broken = new Error('cannot retire');
    const current = createCurrent<string>({
      retire() {
        throw broken;
      },
    });
    current.activate('a');
    current.activate('b');
    unsubscribe();
    expect(current.get()).toBe('b');
    expect(errors).toEqual([broken]);
  });
});
