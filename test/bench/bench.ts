import { type Contestant, compete, type Entrant, enter, type Result } from './contest';
import { type Cores, findCores } from './cores';
import type { OperationName } from './federation/federation';
import { describeMachine, type Machine } from './machine';
import type { BenchOptions } from './options';
import { type BenchRun, setTheStage } from './stage';

/** Everything that a run found out. */
export interface BenchReport {
  readonly date: string;
  readonly machine: Machine;
  readonly cores: Cores;
  readonly options: BenchOptions;
  /** Bytes of the reference answers. */
  readonly answerBytes: Readonly<Partial<Record<OperationName, number>>>;
  readonly contestants: readonly Contestant[];
  readonly results: readonly Result[];
}

/** Runs the benchmark from beginning to end. */
export async function runBench(run: BenchRun): Promise<BenchReport> {
  const { options, children } = run;
  const date = new Date().toISOString();
  const machine = await describeMachine(options.node, children);
  const cores = findCores();
  const entrants: Entrant[] = [];
  for (const gateway of run.gateways) entrants.push(await enter(gateway, run));
  const stage = await setTheStage(run, cores);
  const results: Result[] = [];
  for (const traffic of options.traffic) {
    for (const operation of options.operations) {
      results.push(...(await compete(entrants, { operation, traffic }, stage)));
    }
  }
  const lengths = [...stage.references].map(([operation, answer]) => [operation, Buffer.byteLength(answer)]);
  const answerBytes = Object.fromEntries(lengths);
  return { date, machine, cores, options, answerBytes, contestants: entrants.map((one) => one.contestant), results };
}
