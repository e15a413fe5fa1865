import { Arrivals, pause } from '../arrivals';
import type { Instance } from '../instance';
import { describeFailures, executedTwice, failed, metricSum, type Sample } from '../samples';
import { type Outcome, type Row, short } from './row';

const FLAP_MS = 1_000;
const FLAPS = 15;
const BETWEEN_MS = 700;
/** As long as it takes until a health check was seen. */
const ANNOUNCED_MS = 2_500;
const BAD_MAX = 30;
const BAD = ['connect', 'reset', 'timeout'];
const ATTEMPTS = 'headgate_attempts_total';
const EJECTIONS_MIN = 4;
const WATCH_MS = 20;
const PER_SECOND = 300;
/** Of the requests that were due this much must have run: a bench that hardly asked proves nothing. */
const RUN_SHARE = 0.95;

function rollingRestart(id: string, fault: string, announced: boolean): Row {
  return {
    id,
    fault,
    goal: '0 errors, 0 executed twice',
    compared: true,
    async run(bench) {
      const stage = await bench.open();
      const arrivals = new Arrivals(stage.url, { perSecond: PER_SECOND, mutations: 0.25 });
      const startedMs = performance.now();
      const executed: string[] = [];
      for (const instance of stage.instances) {
        executed.push(...(await restart(instance, announced)));
        await pause(BETWEEN_MS);
      }
      const due = ((performance.now() - startedMs) * PER_SECOND) / 1_000;
      const samples = await arrivals.stop();
      for (const counts of await stage.count()) executed.push(...counts.executed);
      return verdictOn(samples, executed, due);
    },
  };
}

/** Nothing failed of all that was due, and each mutation that was answered was executed, once. */
function verdictOn(samples: readonly Sample[], executed: readonly string[], due: number): Outcome {
  const twice = executedTwice(executed);
  const known = new Set(executed);
  const lost = samples.filter(({ id, ok }) => ok && id.startsWith('m') && !known.has(id)).length;
  const text = `${failed(samples)} of ${samples.length} failed, of ${known.size} mutations ${twice} twice`;
  return {
    holds: failed(samples) === 0 && twice === 0 && lost === 0 && samples.length >= RUN_SHARE * due,
    text: `${text}${lost === 0 ? '' : `, ${lost} answered but not executed`} ${describeFailures(samples)}`.trim(),
    figures: { failed: failed(samples), asked: samples.length, due, mutations: known.size, twice, lost },
  };
}

/** @returns ids that the process which ended had executed */
async function restart(instance: Instance, announced: boolean): Promise<readonly string[]> {
  const until = announced ? await instance.behave({ health: 503 }) : await instance.count();
  if (announced) await pause(ANNOUNCED_MS);
  const { executed } = await instance.terminate();
  await instance.start();
  return [...until.executed, ...executed];
}

/** For how long each stretch of being ejected lasted, in ms; looks every 20 ms. */
function watchEjections(admin: string, instance: string): { stop(): Promise<readonly number[]> } {
  const lasted: number[] = [];
  let sinceMs: number | null = null;
  let watching = true;
  const watch = async () => {
    while (watching) {
      // as: what the admin listener answers to GET /pools
      const { pools } = (await (await fetch(`${admin}/pools`)).json()) as {
        pools: { instances: { id: string; state: string }[] }[];
      };
      const ejected = pools.some(({ instances }) =>
        instances.some(({ id, state }) => id === instance && state === 'ejected'),
      );
      if (ejected) sinceMs ??= performance.now();
      else if (sinceMs !== null) {
        lasted.push(performance.now() - sinceMs);
        sinceMs = null;
      }
      await pause(WATCH_MS);
    }
  };
  const watched = watch();
  return {
    async stop() {
      watching = false;
      await watched;
      return lasted;
    },
  };
}

/**
 * Whether an instance that comes and goes is left out ever longer: a check may end the n-th ejection only after 0.5, 1.5,
 * 3.5, 7.5 s … Pure.
 */
export function ejectionsDouble(lastedMs: readonly number[]): boolean {
  if (lastedMs.length < EJECTIONS_MIN) return false;
  return lastedMs.every((ms, at) => ms >= 500 * (2 ** at - 1) - 2 * WATCH_MS);
}

const flapping: Row = {
  id: 'LB-19',
  fault: 'flapping 1 s / 1 s for 30 s (round-robin)',
  goal: `ejections double, ≤ ${BAD_MAX} bad requests, 0 failed`,
  compared: true,
  async run(bench) {
    // The policy adaptive hardly ever asks it, so that its ejections would not show.
    const stage = await bench.open({ shaping: { load_balancing: '{ policy: round-robin }' } });
    const flapper = stage.instance(0);
    const { admin } = stage.target;
    const before = await stage.metrics();
    const ejections = admin === null ? null : watchEjections(admin, flapper.id);
    const arrivals = new Arrivals(stage.url, { perSecond: 200 });
    for (let flap = 0; flap < FLAPS; flap += 1) {
      await flapper.kill();
      await pause(FLAP_MS);
      await flapper.start();
      await pause(FLAP_MS);
    }
    const samples = await arrivals.stop();
    const lastedMs = (await ejections?.stop()) ?? [];
    const after = await stage.metrics();
    const badIn = (text: string) =>
      BAD.reduce((sum, outcome) => sum + metricSum(text, ATTEMPTS, flapper.id, `outcome="${outcome}"`), 0);
    const bad = badIn(after) - badIn(before);
    const lasted = lastedMs.map((ms) => short(ms / 1_000)).join('/');
    const ours = admin === null ? '' : `, ${bad} bad requests in ${FLAPS} flaps, ejected for ${lasted} s`;
    return {
      holds: failed(samples) === 0 && bad <= BAD_MAX && ejectionsDouble(lastedMs),
      text: `${failed(samples)} of ${samples.length} failed${ours} ${describeFailures(samples)}`.trim(),
      figures: { failed: failed(samples), bad, ejections: lastedMs.length, longestMs: Math.max(0, ...lastedMs) },
    };
  },
};

export const RESTARTS: readonly Row[] = [
  rollingRestart('LB-17', 'rolling restart, announced (health 503)', true),
  rollingRestart('LB-18', 'rolling restart, not announced (SIGTERM)', false),
  flapping,
];
