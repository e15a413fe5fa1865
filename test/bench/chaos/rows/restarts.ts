import { Arrivals, pause } from '../arrivals';
import type { Instance } from '../instance';
import { describeFailures, executedTwice, failed, metricSum } from '../samples';
import type { Row } from './row';

const FLAP_MS = 1_000;
const FLAPS = 15;
const BETWEEN_MS = 700;
/** As long as it takes until a health check was seen. */
const ANNOUNCED_MS = 2_500;
const BAD_MAX = 30;

function rollingRestart(id: string, fault: string, announced: boolean): Row {
  return {
    id,
    fault,
    goal: '0 errors, 0 executed twice',
    compared: true,
    async run(bench) {
      const stage = await bench.open();
      const arrivals = new Arrivals(stage.url, { perSecond: 300, mutations: 0.25 });
      const executed: string[] = [];
      for (const instance of stage.instances) {
        executed.push(...(await restart(instance, announced)));
        await pause(BETWEEN_MS);
      }
      const samples = await arrivals.stop();
      for (const counts of await stage.count()) executed.push(...counts.executed);
      const twice = executedTwice(executed);
      return {
        holds: failed(samples) === 0 && twice === 0,
        text: `${failed(samples)} of ${samples.length} failed, ${twice} twice ${describeFailures(samples)}`.trim(),
        figures: { failed: failed(samples), asked: samples.length, twice },
      };
    },
  };
}

/** @returns ids that the process which ended had executed, up to a moment before its end */
async function restart(instance: Instance, announced: boolean): Promise<readonly string[]> {
  if (announced) {
    await instance.behave({ health: 503 });
    await pause(ANNOUNCED_MS);
  }
  const { executed } = await instance.count();
  await instance.terminate();
  await instance.start();
  return executed;
}

const flapping: Row = {
  id: 'LB-19',
  fault: 'flapping 1 s / 1 s for 30 s',
  goal: `ejections double, ≤ ${BAD_MAX} bad requests, 0 failed`,
  compared: true,
  async run(bench) {
    const stage = await bench.open();
    const arrivals = new Arrivals(stage.url, { perSecond: 200 });
    const flapper = stage.instance(0);
    const before = await stage.metrics();
    for (let flap = 0; flap < FLAPS; flap += 1) {
      await flapper.kill();
      await pause(FLAP_MS);
      await flapper.start();
      await pause(FLAP_MS);
    }
    const samples = await arrivals.stop();
    const after = await stage.metrics();
    const since = (name: string, ...labels: string[]) =>
      metricSum(after, name, flapper.id, ...labels) - metricSum(before, name, flapper.id, ...labels);
    const bad = ['connect', 'reset', 'timeout'].reduce(
      (sum, outcome) => sum + since('headgate_attempts_total', `outcome="${outcome}"`),
      0,
    );
    const ejections = since('headgate_ejections_total');
    const ours = stage.target.admin === null ? '' : `, ${bad} bad requests, ${ejections} ejections in ${FLAPS} flaps`;
    return {
      // Were each ejection as long as the first, there would be one for each time it goes.
      holds: failed(samples) === 0 && bad <= BAD_MAX && ejections < FLAPS,
      text: `${failed(samples)} of ${samples.length} failed${ours}`,
      figures: { failed: failed(samples), bad, ejections },
    };
  },
};

export const RESTARTS: readonly Row[] = [
  rollingRestart('LB-17', 'rolling restart, announced (health 503)', true),
  rollingRestart('LB-18', 'rolling restart, not announced (SIGTERM)', false),
  flapping,
];
