import { Arrivals, pause, runArrivals } from '../arrivals';
import { backAfterMs, describeFailures, failed, metricSum, quantileMs } from '../samples';
import type { Row } from './row';
import { short } from './row';

const MS = 6_000;
const BEFORE_MS = 500;
const OUTAGE_MS = 3_000;
/** Long enough that what else runs on the machine does not decide. */
const USUAL_MS = 20;
const ATTEMPTS = 'headgate_attempts_total';

function killRow(id: string, dead: number, fault: string, extraMax: number): Row {
  return {
    id,
    fault,
    goal: extraMax === Number.POSITIVE_INFINITY ? '0 failed' : `0 failed, ≤ ${extraMax} extra attempts`,
    compared: true,
    async run(bench) {
      const stage = await bench.open();
      const extraOf = (text: string) => metricSum(text, ATTEMPTS) - metricSum(text, ATTEMPTS, 'kind="first"');
      const before = extraOf(await stage.metrics());
      const arrivals = new Arrivals(stage.url);
      await pause(BEFORE_MS);
      await Promise.all(stage.instances.slice(0, dead).map((instance) => instance.kill()));
      await pause(MS - BEFORE_MS);
      const samples = await arrivals.stop();
      const extra = stage.target.admin === null ? 0 : extraOf(await stage.metrics()) - before;
      const lost = failed(samples);
      const extraText = stage.target.admin === null ? '' : `, ${extra} extra attempts`;
      return {
        holds: lost === 0 && extra <= extraMax,
        text: `${lost} of ${samples.length} failed${extraText} ${describeFailures(samples)}`.trim(),
        figures: { failed: lost, asked: samples.length, extra },
      };
    },
  };
}

const hang: Row = {
  id: 'LB-08',
  fault: 'SIGSTOP one of three (hang)',
  goal: '0 failed, p99 ≤ 2×',
  compared: true,
  async run(bench) {
    const stage = await bench.open({ behaviour: { latencyMs: USUAL_MS } });
    const before = quantileMs(await runArrivals(stage.url, OUTAGE_MS), 0.99);
    const arrivals = new Arrivals(stage.url);
    stage.instance(0).pause();
    await pause(MS);
    const samples = await arrivals.stop();
    const lost = failed(samples);
    const p99Ms = quantileMs(samples, 0.99);
    return {
      holds: lost === 0 && p99Ms <= 2 * before,
      text: `${lost} of ${samples.length} failed, p99 ${short(before)} → ${short(p99Ms)} ms`,
      figures: { failed: lost, asked: samples.length, p99BeforeMs: before, p99Ms },
    };
  },
};

const allKilled: Row = {
  id: 'LB-15',
  fault: 'all killed for 3 s',
  goal: 'back ≤ 500 ms after the first listens again',
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    const arrivals = new Arrivals(stage.url, { perSecond: 200 });
    await pause(BEFORE_MS);
    await Promise.all(stage.instances.map((instance) => instance.kill()));
    await pause(OUTAGE_MS);
    await Promise.all(stage.instances.map((instance) => instance.start()));
    const listeningMs = stage.instances.map((instance) => instance.listeningMs);
    await pause(OUTAGE_MS);
    const samples = await arrivals.stop();
    const backMs = backAfterMs(samples, Math.min(...listeningMs));
    const afterLastMs = backAfterMs(samples, Math.max(...listeningMs));
    return {
      holds: backMs <= 500,
      text: `back ${short(backMs)} ms after the first listens, ${short(afterLastMs)} after the last, ${failed(samples)} of ${samples.length} failed in all`,
      figures: { backMs, afterLastMs, failed: failed(samples) },
    };
  },
};

export const LOST_INSTANCES: readonly Row[] = [
  killRow('LB-04', 1, 'kill -9 one of three, 400 rps', 5),
  killRow('LB-06', 2, 'kill -9 two of three', Number.POSITIVE_INFINITY),
  hang,
  allKilled,
];
