import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Children } from '../children';
import { describeMachine } from '../machine';
import { stopArrivals } from './arrivals';
import type { ChaosOptions } from './options';
import { type ChaosReport, isDisturbed, type Trial } from './report';
import type { Row, RowBench } from './rows/row';
import { Stage } from './stage';
import { BALANCED_POOLS } from './targets/balanced-pool';
import { HEADGATE } from './targets/headgate';
import { PROXY_TARGETS } from './targets/proxies';
import type { Target } from './targets/target';

/** No trial takes longer; the longest row flaps for half a minute. */
const TRIAL_MS_MAX = 90_000;
const DELAY_GRAIN_MS = 5;

export interface ChaosRun {
  readonly options: ChaosOptions;
  readonly rows: readonly Row[];
  readonly children: Children;
  readonly folder: string;
  readonly progress: (line: string) => void;
}

/** Every trial, one after the other; a row is repeated before the next one begins. */
export async function runTrials({ options, rows, children, folder, progress }: ChaosRun): Promise<ChaosReport> {
  const machine = await describeMachine(process.execPath, children);
  const peers = options.peers ? [...PROXY_TARGETS, ...BALANCED_POOLS].filter((peer) => peer.available()) : [];
  const chosen = rows.filter(({ id }) => options.rows === null || options.rows.includes(id));
  const trials: Trial[] = [];
  for (const row of chosen) {
    for (let round = 0; round < options.repeat; round += 1) {
      for (const target of row.compared ? [HEADGATE, ...peers] : [HEADGATE]) {
        const trial = await runTrial(row, target, children, folder);
        trials.push(trial);
        const told = trial.outcome === null ? `broke: ${trial.broke}` : trial.outcome.text;
        const verdict = target === HEADGATE ? (trial.outcome?.holds === true ? ' ok' : ' NOT HELD') : '';
        progress(`${row.id} ${target.title}${verdict}: ${told}${isDisturbed(trial) ? ' (disturbed)' : ''}`);
      }
    }
  }
  return {
    date: new Date().toISOString(),
    machine,
    loadAverageAtEnd: loadavg()[0] ?? Number.NaN,
    repeat: options.repeat,
    rows: chosen.map(({ id, fault, goal, compared }) => ({ id, fault, goal, compared })),
    targets: [HEADGATE, ...peers].map(({ id, title }) => ({ id, title })),
    trials,
  };
}

async function runTrial(row: Row, target: Target, children: Children, folder: string): Promise<Trial> {
  const closers: (() => Promise<unknown>)[] = [];
  const bench: RowBench = {
    target,
    open: async (options = {}) => {
      const stage = await Stage.open(children, folder, target, options);
      closers.push(() => stage.close());
      return stage;
    },
    atEnd: (close) => closers.push(close),
  };
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took over ${TRIAL_MS_MAX / 1_000} s`)), TRIAL_MS_MAX);
  });
  const delay = monitorEventLoopDelay({ resolution: DELAY_GRAIN_MS });
  delay.enable();
  const ended = () => ({ row: row.id, target: target.id, delayMs: delay.percentile(99) / 1e6 - DELAY_GRAIN_MS });
  try {
    const outcome = await Promise.race([row.run(bench), overdue]);
    return { ...ended(), broke: null, outcome };
  } catch (error) {
    const broke = error instanceof Error ? error.message : String(error);
    return { ...ended(), broke, outcome: null };
  } finally {
    delay.disable();
    clearTimeout(timer);
    await stopArrivals();
    for (const close of closers.reverse()) await close();
  }
}
