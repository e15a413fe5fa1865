import { Arrivals, pause, runArrivals } from '../arrivals';
import { backAfterMs, describeFailures, executedTwice, failed, quantileMs } from '../samples';
import { requestsOf } from '../stage';
import type { Row, RowBench } from './row';
import { short } from './row';

const MS = 6_000;
const OUTAGE_MS = 3_000;
/** Long enough for three checks a second apart. */
const ALL_RED_MS = 8_000;
/** Long enough that what else runs on the machine does not decide. */
const USUAL_MS = 10;
const SLOW_MS = 10 * USUAL_MS;
const UNKNOWN = 'MUTATION_OUTCOME_UNKNOWN';

const resetsMutations: Row = {
  id: 'LB-07',
  fault: 'one executes mutations, then resets',
  goal: '0 executed twice, failures told as outcome unknown',
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    await stage.instance(0).behave({ does: 'reset' });
    const samples = await runArrivals(stage.url, OUTAGE_MS, { perSecond: 200, mutations: 1 });
    const executed = (await stage.count()).flatMap((counts) => counts.executed);
    const twice = executedTwice(executed);
    const mistold = samples.filter(({ ok, failure }) => !ok && failure !== UNKNOWN).length;
    return {
      holds: twice === 0 && mistold === 0,
      text: `${twice} executed twice, ${failed(samples)} of ${samples.length} failed ${describeFailures(samples)}`.trim(),
      figures: { twice, failed: failed(samples), mistold },
    };
  },
};

/** @returns its share of the requests, and the p99 of all */
async function oneSlow(bench: RowBench, policy: string): Promise<{ readonly share: number; readonly p99Ms: number }> {
  const stage = await bench.open({
    shaping: { load_balancing: `{ policy: ${policy} }` },
    behaviour: { latencyMs: USUAL_MS },
  });
  await stage.instance(0).behave({ latencyMs: SLOW_MS });
  await stage.count();
  const samples = await runArrivals(stage.url, MS, { perSecond: 200 });
  const counts = await stage.count();
  return { share: (counts[0]?.requests ?? 0) / requestsOf(counts), p99Ms: quantileMs(samples, 0.99) };
}

const slow: Row = {
  id: 'LB-09',
  fault: 'one answers 10× slower (100 ms)',
  goal: 'its share ≤ 3 %, p99 ≤ a third of round-robin',
  compared: true,
  async run(bench) {
    const ours = bench.target.id === 'headgate';
    const { share, p99Ms } = await oneSlow(bench, 'adaptive');
    const reference = ours ? (await oneSlow(bench, 'round-robin')).p99Ms : Number.NaN;
    return {
      holds: share <= 0.03 && p99Ms <= reference / 3,
      text: `${short(share * 100)} %, p99 ${short(p99Ms)} ms${ours ? ` (round-robin ${short(reference)})` : ''}`,
      figures: { share, p99Ms, roundRobinP99Ms: reference },
    };
  },
};

const instant500: Row = {
  id: 'LB-11',
  fault: 'one answers instant 500s, health green',
  goal: '0 failed, ≤ 20 reach it in 6 s',
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    await stage.instance(0).behave({ does: 'fail' });
    const samples = await runArrivals(stage.url, MS);
    const reached = (await stage.instance(0).count()).requests;
    return {
      holds: failed(samples) === 0 && reached <= 20,
      text: `${failed(samples)} of ${samples.length} failed, ${reached} reached it`,
      figures: { failed: failed(samples), reached },
    };
  },
};

const all500: Row = {
  id: 'LB-13',
  fault: 'all answer 500 for 3 s, then are well',
  goal: 'back within 200 ms',
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    const arrivals = new Arrivals(stage.url);
    await stage.behave({ does: 'fail' });
    await pause(OUTAGE_MS);
    await stage.behave({});
    const wellMs = performance.now();
    await pause(OUTAGE_MS);
    const backMs = backAfterMs(await arrivals.stop(), wellMs);
    return { holds: backMs <= 200, text: `back after ${short(backMs)} ms`, figures: { backMs } };
  },
};

const retryStorm: Row = {
  id: 'LB-16',
  fault: 'retry storm: all answer 500 for 3 s',
  goal: '≤ 1.2 attempts for each arrival',
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    await stage.behave({ does: 'fail' });
    const samples = await runArrivals(stage.url, OUTAGE_MS);
    const ratio = requestsOf(await stage.count()) / samples.length;
    return { holds: ratio <= 1.2, text: `${short(ratio)} attempts each`, figures: { attemptsEach: ratio } };
  },
};

const allRed: Row = {
  id: 'LB-14',
  fault: 'all checks red, service well',
  goal: '0 failed',
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    await stage.behave({ health: 500 });
    const samples = await runArrivals(stage.url, ALL_RED_MS, { perSecond: 200 });
    return {
      holds: failed(samples) === 0,
      text: `${failed(samples)} of ${samples.length} failed`,
      figures: { failed: failed(samples), asked: samples.length },
    };
  },
};

export const BAD_ANSWERS: readonly Row[] = [resetsMutations, slow, instant500, all500, allRed, retryStorm];
