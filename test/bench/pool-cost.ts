import type { Dispatcher } from 'undici';
import { Balancer } from '../../gateway/pool/balancer';
import { createPool } from '../../gateway/pool/instance-pool';
import { Member } from '../../gateway/pool/member';
import { POLICIES } from '../../gateway/pool/policies/policies';
import { InstantDispatcher } from '../fixtures/instant-dispatcher';
import { instance, poolOptions, query } from '../fixtures/pool-options';
import { median } from './statistics';

/** What a choice may cost (LB-21), and an attempt over a bare dispatch (LB-22). */
const CHOICE_NS_MAX = 250;
const ATTEMPT_NS_MAX = 2_000;
const SIZES = [3, 10, 100, 1_000];
const ROUNDS = 15;
const CHOICES = 100_000;
const ATTEMPTS = 20_000;

const NONE: readonly Member[] = [];
const clock = () => performance.now();

/** Members as they are under load: with latencies, and one request each under way. */
function lineupOf(size: number, policy: keyof typeof POLICIES): Balancer<Member> {
  const ignore = { onChanged: () => undefined, onRefreshed: () => undefined };
  const balancer = new Balancer<Member>(poolOptions([], { policy }), clock, Math.random, ignore);
  for (let n = 0; n < size; n += 1) {
    const member = new Member(instance(`http://10.0.0.1:${n + 1}/`, { weight: 1 + (n % 3) }), 'pass', 16, clock());
    member.latency.observe(5 + Math.random(), clock(), 5);
    member.started(clock());
    balancer.members.set(member.url, member);
  }
  balancer.refresh(clock());
  return balancer;
}

/** Processor time, so that what else runs on the machine counts little. */
function choiceNs(balancer: Balancer<Member>): number {
  const nowMs = clock();
  const before = process.cpuUsage();
  for (let n = 0; n < CHOICES; n += 1) balancer.choose(NONE, KEYS[n % KEYS.length] ?? null, true, nowMs);
  return (process.cpuUsage(before).user * 1_000) / CHOICES;
}

const KEYS = Array.from({ length: 1_000 }, (_, n) => `user-${n}`);

function bareRequest(dispatcher: Dispatcher): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    dispatcher.dispatch(
      { path: '/', method: 'POST', headers: {}, body: '{}' },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (_controller, chunk) => chunks.push(chunk),
        onResponseEnd: () => resolve(Buffer.concat(chunks)),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

async function nsOf(ask: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < ATTEMPTS; n += 1) await ask();
  return (process.cpuUsage(before).user * 1_000) / ATTEMPTS;
}

/** Bare and pooled in turns, so that what the machine does meanwhile falls on both. */
async function attemptNs(): Promise<{ readonly bare: number; readonly pooled: number }> {
  const dispatcher = new InstantDispatcher();
  const urls = Array.from({ length: 10 }, (_, n) => `http://10.0.0.1:${n + 1}/`);
  const pool = createPool(poolOptions(urls, { policy: 'adaptive' }), clock, Math.random, () => dispatcher);
  const request = query({ deadlineAt: clock() + 3_600_000 });
  const bare: number[] = [];
  const pooled: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await nsOf(() => bareRequest(dispatcher)));
    pooled.push(await nsOf(() => pool.request(request)));
  }
  await pool.close(0);
  return { bare: median(bare.slice(3)), pooled: median(pooled.slice(3)) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  print(`Node ${process.version}; processor time, medians of ${ROUNDS - 3} rounds after 3 of warm-up`);
  print(`\nCost of a choice in ns (LB-21: at most ${CHOICE_NS_MAX})\n`);
  print(`| policy | ${SIZES.join(' | ')} instances |`);
  print(`|---|${SIZES.map(() => '--:|').join('')}`);
  // as: Object.keys gives the keys of POLICIES
  for (const policy of Object.keys(POLICIES) as (keyof typeof POLICIES)[]) {
    const costs = SIZES.map((size) => {
      const balancer = lineupOf(size, policy);
      const rounds = Array.from({ length: ROUNDS }, () => choiceNs(balancer));
      return median(rounds.slice(3));
    });
    print(`| ${policy} | ${costs.map((ns) => Math.round(ns)).join(' | ')} |`);
  }
  const { bare, pooled } = await attemptNs();
  print(`\nCost of a request through a pool of 10 over a bare dispatch (LB-22: at most ${ATTEMPT_NS_MAX} ns)\n`);
  print(`bare ${Math.round(bare)} ns, pooled ${Math.round(pooled)} ns, over it ${Math.round(pooled - bare)} ns`);
}

void main();
