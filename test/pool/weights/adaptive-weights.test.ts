import { type Events, subscribe } from '../../../gateway/events';
import {
  type AdaptiveFactor,
  AdaptiveWeights,
  NEUTRAL,
  type WeightedInstance,
} from '../../../gateway/pool/weights/adaptive-weights';
import { LoadRecord } from '../../../gateway/pool/weights/load-record';

class Member implements WeightedInstance {
  readonly id = 'localhost:80';
  readonly load = new LoadRecord(0);
  adaptive: AdaptiveFactor = NEUTRAL;
  comparable = true;

  constructor(
    readonly url: string,
    readonly latencyMs: number,
  ) {}
}

let nowMs: number;
let panicked: boolean;
let reweighed: number;
let members: Member[];
let weights: AdaptiveWeights<Member>;
let heard: Events['weight.changed'][];
let stop: () => void;

beforeEach(() => {
  [nowMs, panicked, reweighed, heard] = [0, false, 0, []];
  members = [new Member('http://a/', 10), new Member('http://b/', 10), new Member('http://c/', 90)];
  weights = new AdaptiveWeights({
    name: 'products',
    clock: () => nowMs,
    members: () => members,
    standing: ({ comparable }) => ({ weight: 1, comparable, group: 'primary' }),
    panicked: () => panicked,
    reweighed: () => {
      reweighed += 1;
    },
  });
  stop = subscribe('weight.changed', (event) => heard.push(event));
});

afterEach(() => {
  weights.close();
  stop();
});

/** So many seconds of fifty requests at each, with a turn after each second. */
function run(seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    nowMs += 1_000;
    for (const { load, latencyMs } of members) for (let sent = 0; sent < 50; sent += 1) load.count('ok', latencyMs);
    weights.turn();
  }
}

const factors = () => members.map(({ adaptive }) => adaptive.factor);

describe('the slow loop', () => {
  it('moves the factor of a slow instance to where it belongs, and tells why', () => {
    run(30);
    const [a, b, c = 0] = factors();
    expect([a, b]).toEqual([1, 1]);
    expect(c).toBeGreaterThan(0.3);
    expect(c).toBeLessThan(0.37);
    expect(members[2]?.adaptive.reason).toBe('answers in 90 ms (median 10 ms)');
    expect(heard[0]).toMatchObject({ pool: 'products', instance: 'localhost:80', from: 1, to: 0.8 });
    expect(reweighed).toBe(heard.length);
  });

  it('says nothing while nothing moves', () => {
    members.pop();
    run(10);
    expect(heard).toEqual([]);
    expect(reweighed).toBe(0);
  });

  it('waits while too few are well', () => {
    panicked = true;
    run(10);
    expect(factors()).toEqual([1, 1, 1]);
  });

  it('leaves an instance that is not well as it is', () => {
    run(2);
    const before = factors();
    for (const member of members) member.comparable = false;
    run(10);
    expect(factors()).toEqual(before);
  });

  it('gives every instance its weight back when it is switched off', () => {
    weights.enable(true);
    run(10);
    weights.enable(false);
    expect(factors()).toEqual([1, 1, 1]);
    expect(members.map(({ adaptive }) => adaptive)).toEqual([NEUTRAL, NEUTRAL, NEUTRAL]);
    expect(heard.at(-1)).toMatchObject({ to: 1, reason: 'switched off' });
  });
});
