import type { BenchReport } from './bench';
import type { Contestant, Result } from './contest';
import type { OperationName } from './federation/federation';
import type { Measurement } from './measure';
import type { Traffic } from './options';
import { median } from './statistics';

const LONGEST_REASON = 300;
const BUSY = 0.8;
const DISTURBED = '†';

/** A gateway's figures for one operation: medians over the rounds, memory the largest. */
export type Summary = Measurement;

export function summarize(rounds: readonly Measurement[]): Summary {
  const middle = (key: keyof Measurement) => median(rounds.map((round) => round[key]));
  return {
    requests: middle('requests'),
    cpuMs: middle('cpuMs'),
    requestsPerSecond: middle('requestsPerSecond'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    peakMemoryBytes: Math.max(...rounds.map((round) => round.peakMemoryBytes)),
    subgraphRequests: middle('subgraphRequests'),
    gatewayBusy: middle('gatewayBusy'),
    benchBusy: middle('benchBusy'),
  };
}

/** `9.0`, `0.70`, `0.035`: two digits that count. */
export function formatMs(ms: number): string {
  if (ms >= 100) return ms.toFixed(0);
  if (ms >= 1) return ms.toFixed(1);
  return ms.toFixed(ms >= 0.1 ? 2 : 3);
}

/** How many times cheaper than the reference: `13×`, `3.6×`, `0.90×`. */
export function formatRatio(ratio: number): string {
  if (ratio >= 10) return `${ratio.toFixed(0)}×`;
  return `${ratio.toFixed(ratio >= 1 ? 1 : 2)}×`;
}

/** A Markdown table; a `|` or a line break inside a cell does not end it. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${header.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** The whole report as Markdown. */
export function formatReport(report: BenchReport): string {
  const { options } = report;
  const columns = options.traffic.flatMap((traffic) => options.operations.map((operation) => ({ traffic, operation })));
  const details = columns.map((column) => formatDetails(report, column));
  return `${[formatSetting(report), formatOverview(report, columns), ...formatDisturbance(report), ...details, formatContestants(report)].join('\n\n')}\n`;
}

interface Column {
  readonly traffic: Traffic;
  readonly operation: OperationName;
}

const SUFFIX: Readonly<Record<Traffic, string>> = {
  identical: '',
  traced: ', each request with a traceparent of its own',
  unique: ', each request unique',
  changing: ', each request and each subgraph answer unique',
};
const titleOf = ({ operation, traffic }: Column) => `${operation}${SUFFIX[traffic]}`;

function formatSetting({ date, machine, cores, options }: BenchReport): string {
  const { cpu, nodeVersion, system, commit } = machine;
  const where = cores.gateway === null ? 'nothing pinned' : 'the gateway alone on one core';
  return [
    `Public federation benchmark, ${date.slice(0, 10)}: ${cpu}, ${machine.cores} cores, ${system}, Node ${nodeVersion.slice(1)}`,
    `${commit === null ? '' : `, Headgate ${commit}`}; ${where}, ${options.connections} connections,`,
    ` ${options.rounds} × ${options.seconds} s after ${options.warmupSeconds} s of warm-up, medians.`,
    ` Load average at the start ${machine.loadAverage[0]?.toFixed(1)}.`,
  ].join('');
}

/** CPU a request, every gateway and every operation. */
function formatOverview(report: BenchReport, columns: readonly Column[]): string {
  const header = ['CPU ms a request (times cheaper than stock)', ...columns.map(titleOf)];
  const rows = report.contestants.map((contestant) => [
    contestant.title,
    ...columns.map((column) => formatCpu(report, contestant, column)),
  ]);
  return formatTable(header, rows);
}

function formatCpu(report: BenchReport, contestant: Contestant, column: Column): string {
  const summary = summaryOf(report, contestant.id, column);
  if (summary === undefined) return 'not measured';
  const ratio = ratioToStock(report, summary, column);
  const comparison = contestant.id === 'stock' || ratio === null ? '' : ` (${formatRatio(ratio)})`;
  return `${formatMs(summary.cpuMs)}${comparison}${wasDisturbed(summary) ? DISTURBED : ''}`;
}

function formatDetails(report: BenchReport, column: Column): string {
  const header = [
    '',
    'CPU ms',
    '× stock',
    'rps',
    'p50 ms',
    'p99 ms',
    'RSS MB',
    'subgraph requests',
    'gateway busy',
    'bench busy',
  ];
  const rows = report.contestants.map((contestant) => formatRow(report, contestant, column));
  const bytes = report.answerBytes[column.operation];
  return `### ${titleOf(column)} (answer of ${bytes} B)\n\n${formatTable(header, rows)}`;
}

function formatRow(report: BenchReport, { id, title }: Contestant, column: Column): string[] {
  const summary = summaryOf(report, id, column);
  if (summary === undefined)
    return [title, `not measured: ${(resultOf(report, id, column)?.failure ?? '').slice(0, LONGEST_REASON)}`];
  const ratio = ratioToStock(report, summary, column);
  return [
    title,
    formatMs(summary.cpuMs),
    ratio === null ? '–' : formatRatio(ratio),
    summary.requestsPerSecond.toFixed(0),
    formatMs(summary.p50Ms),
    formatMs(summary.p99Ms),
    (summary.peakMemoryBytes / 1e6).toFixed(0),
    summary.subgraphRequests.toFixed(2),
    `${(summary.gatewayBusy * 100).toFixed(0)} %`,
    `${(summary.benchBusy * 100).toFixed(0)} %`,
  ];
}

/** Neither the gateway nor what puts load on it kept its core busy: other work had them. */
function wasDisturbed({ gatewayBusy, benchBusy }: Summary): boolean {
  return gatewayBusy < BUSY && benchBusy < BUSY;
}

function formatDisturbance({ results }: BenchReport): string[] {
  const disturbed = results.some(({ rounds }) => rounds.length > 0 && wasDisturbed(summarize(rounds)));
  return disturbed ? [`${DISTURBED} measured while other work had the cores: not to be relied on.`] : [];
}

function formatContestants({ contestants }: BenchReport): string {
  const lines = contestants.map(({ title, version, note }) => {
    return `- ${title}: ${version === '' ? 'could not be prepared' : version}${note === undefined ? '' : `; ${note}`}`;
  });
  return lines.join('\n');
}

function resultOf({ results }: BenchReport, id: string, { operation, traffic }: Column): Result | undefined {
  return results.find((one) => one.gateway === id && one.operation === operation && one.traffic === traffic);
}

function summaryOf(report: BenchReport, id: string, column: Column): Summary | undefined {
  const rounds = resultOf(report, id, column)?.rounds ?? [];
  return rounds.length === 0 ? undefined : summarize(rounds);
}

/** Null when stock was not measured in the same run. */
function ratioToStock(report: BenchReport, { cpuMs }: Summary, column: Column): number | null {
  const stock = summaryOf(report, 'stock', column);
  return stock === undefined ? null : stock.cpuMs / cpuMs;
}
