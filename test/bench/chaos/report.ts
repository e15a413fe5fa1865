import type { Machine } from '../machine';
import { formatTable } from '../report';
import type { Outcome, Row } from './rows/row';

/** One row measured once at one target. */
export interface Trial {
  readonly row: string;
  readonly target: string;
  /** What went wrong with the bench itself; null when nothing did. */
  readonly broke: string | null;
  readonly outcome: Outcome | null;
  /** By how much one in a hundred of the bench's own timers was late: other work had the cores. */
  readonly delayMs: number;
}

const DISTURBED_MS = 10;
const DISTURBED = '†';

/** Whether other work on the machine makes the trial doubtful. Rows on virtual time cannot be disturbed. */
export function isDisturbed({ delayMs }: Trial): boolean {
  return delayMs > DISTURBED_MS;
}

export interface ChaosReport {
  readonly date: string;
  readonly machine: Machine;
  readonly loadAverageAtEnd: number;
  readonly repeat: number;
  readonly rows: readonly Pick<Row, 'id' | 'fault' | 'goal' | 'compared'>[];
  readonly targets: readonly { readonly id: string; readonly title: string }[];
  readonly trials: readonly Trial[];
}

const OURS = 'headgate';

/** The report as Markdown. Pure. */
export function formatChaos(report: ChaosReport): string {
  const others = report.targets.filter(({ id }) => id !== OURS);
  const header = ['row', 'fault', 'goal', 'holds', 'Headgate', ...others.map(({ title }) => title)];
  const rows = report.rows.map((row) => [
    row.id,
    row.fault,
    row.goal,
    formatHolds(trialsOf(report, row.id, OURS)),
    formatCell(trialsOf(report, row.id, OURS)),
    ...others.map(({ id }) => (row.compared ? formatCell(trialsOf(report, row.id, id)) : '–')),
  ]);
  return `${[formatSetting(report), formatTable(header, rows), formatFailures(report)].filter((part) => part !== '').join('\n\n')}\n`;
}

function formatSetting({ date, machine, loadAverageAtEnd, repeat }: ChaosReport): string {
  const { cpu, cores, system, nodeVersion, commit, loadAverage } = machine;
  return [
    `Chaos, ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${system}, Node ${nodeVersion.replace(/^v/, '')}`,
    `${commit === null ? '' : `, Headgate ${commit}`}; each row ${repeat} ×, open-loop arrivals, latency from the intended start.`,
    ` Load average ${loadAverage[0]?.toFixed(1)} at the start, ${loadAverageAtEnd.toFixed(1)} at the end`,
    ` (the bench itself keeps about one core busy). With several repeats the cell shows the last trial that did not hold, or the last. ${DISTURBED}: meanwhile one in a`,
    ` hundred of the bench's own timers was over ${DISTURBED_MS} ms late, so other work had the cores.`,
  ].join('');
}

function trialsOf({ trials }: ChaosReport, row: string, target: string): readonly Trial[] {
  return trials.filter((trial) => trial.row === row && trial.target === target);
}

function formatHolds(trials: readonly Trial[]): string {
  return `${trials.filter(({ outcome }) => outcome?.holds === true).length} of ${trials.length}`;
}

/** One trial stands for all: the last that did not hold, or the last. */
function formatCell(trials: readonly Trial[]): string {
  const shown = trials.findLast(({ outcome }) => outcome?.holds !== true) ?? trials.at(-1);
  if (shown === undefined) return '–';
  return `${shown.outcome?.text ?? `broke: ${shown.broke ?? ''}`}${isDisturbed(shown) ? DISTURBED : ''}`;
}

function formatFailures({ trials }: ChaosReport): string {
  const bad = trials.filter(({ target, outcome }) => target === OURS && outcome?.holds !== true);
  if (bad.length === 0) return '';
  const lines = bad.map((trial) => {
    const told = trial.outcome?.text ?? `broke: ${trial.broke}`;
    return `- ${trial.row}: ${told}${isDisturbed(trial) ? DISTURBED : ''}`;
  });
  return `Trials of Headgate that did not hold:\n\n${lines.join('\n')}`;
}
