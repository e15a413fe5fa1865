import { Arrivals, answersPerSecond, pause, runArrivals } from '../arrivals';
import { describeFailures, failed, quantileMs } from '../samples';
import { requestsOf } from '../stage';
import type { Row } from './row';
import { short } from './row';

const LEARN_MS = 5_000;
const MS = 6_000;
const DRAIN_MS = 1_500;
/** What was on the wire when the operator's call was answered has arrived by then. */
const ON_THE_WIRE_MS = 30;
const DEADLINE_MS = 1_000;
const SERVED_AT_ONCE = 2;
/** One more than is served, so that an instance has the next request when it is done with one. */
const ASKED_AT_ONCE = SERVED_AT_ONCE + 1;
const CAPACITY_MS = 1_500;
/** Long enough that the instances are overloaded and not the machine; in the queue there is room for more than a deadline's work. */
const SERVICE_MS = 50;
const INSTANCES = 3;
const CAPACITY_PER_SECOND = (INSTANCES * SERVED_AT_ONCE * 1_000) / SERVICE_MS;

const hedging: Row = {
  id: 'LB-26',
  fault: '2 % of requests +300 ms, hedging on',
  goal: 'p99 ≤ 50 ms, ≤ 6 % more requests',
  compared: true,
  async run(bench) {
    const stage = await bench.open({
      shaping: { hedge: '{ enabled: true }' },
      behaviour: { straggler: { every: 50, extraMs: 300 } },
    });
    await runArrivals(stage.url, LEARN_MS);
    await stage.count();
    const samples = await runArrivals(stage.url, MS);
    const more = requestsOf(await stage.count()) / samples.length - 1;
    const p99Ms = quantileMs(samples, 0.99);
    return {
      holds: failed(samples) === 0 && p99Ms <= 50 && more <= 0.06,
      text: `p99 ${short(p99Ms)} ms, ${short(more * 100)} % more, ${failed(samples)} failed`,
      figures: { p99Ms, more, failed: failed(samples) },
    };
  },
};

const overload: Row = {
  id: 'LB-27',
  fault: '2× overload, 1 s deadlines',
  goal: 'goodput ≥ 90 % of capacity',
  compared: true,
  async run(bench) {
    const stage = await bench.open({
      shaping: { pool: `{ connections: ${ASKED_AT_ONCE} }`, timeout: `${DEADLINE_MS}ms` },
      behaviour: { latencyMs: SERVICE_MS, capacity: SERVED_AT_ONCE },
    });
    // A timer takes a bit more than it is told to, and other work on the machine adds to it: what the instances bear is measured.
    const urls = stage.instances.map(({ url }) => url);
    const before = await answersPerSecond(urls, ASKED_AT_ONCE, CAPACITY_MS);
    // Clients wait a little longer than what counts, so that the deadline is the gateway's to keep.
    const load = { perSecond: 2 * CAPACITY_PER_SECOND, patienceMs: 2 * DEADLINE_MS };
    const samples = await runArrivals(stage.url, MS, load);
    const after = await answersPerSecond(urls, ASKED_AT_ONCE, CAPACITY_MS);
    const good = samples.filter(({ ok, latencyMs }) => ok && latencyMs <= DEADLINE_MS).length;
    const capacity = (before + after) / 2;
    const share = good / ((capacity * MS) / 1_000);
    return {
      holds: share >= 0.9,
      text: `${short(share * 100)} % of the ${short(Math.round(capacity))}/s that the instances bear, p99 ${short(quantileMs(samples, 0.99))} ms; ${describeFailures(samples)}`,
      figures: { goodput: share, capacity, nominal: good / ((CAPACITY_PER_SECOND * MS) / 1_000) },
    };
  },
};

const drain: Row = {
  id: 'LB-25',
  fault: 'drain by an operator under load',
  goal: '0 failed, no pick afterwards',
  compared: false,
  async run(bench) {
    const stage = await bench.open();
    const arrivals = new Arrivals(stage.url, { mutations: 0.25 });
    await pause(500);
    const drained = stage.instance(0);
    const action = `${stage.target.admin}/pools/ping/instances/${encodeURIComponent(drained.id)}/drain`;
    const { status } = await fetch(action, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"reason":"chaos"}',
    });
    await pause(ON_THE_WIRE_MS);
    await drained.count();
    await pause(DRAIN_MS);
    const picks = (await drained.count()).requests;
    const samples = await arrivals.stop();
    return {
      holds: status === 200 && failed(samples) === 0 && picks === 0,
      text: `${failed(samples)} of ${samples.length} failed, ${picks} picks afterwards ${describeFailures(samples)}`.trim(),
      figures: { failed: failed(samples), picks, status },
    };
  },
};

export const LOAD: readonly Row[] = [drain, hedging, overload];
