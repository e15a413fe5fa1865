import { parseOrNone } from '../../json/parse';

/** Report of an instance about its own load; null where it says nothing. Shares of 1, rates per second. */
export interface LoadReport {
  readonly applicationUtilization: number | null;
  readonly cpuUtilization: number | null;
  readonly memUtilization: number | null;
  readonly requestsPerSecond: number | null;
  readonly errorsPerSecond: number | null;
}

/** The response header of the Open Request Cost Aggregation (ORCA) format. */
export const LOAD_HEADER = 'endpoint-load-metrics';

/** A report longer than this is somebody's mistake and not read. */
const REPORT_LENGTH_MAX = 4_096;

const NAMES: Readonly<Record<keyof LoadReport, string>> = {
  applicationUtilization: 'application_utilization',
  cpuUtilization: 'cpu_utilization',
  memUtilization: 'mem_utilization',
  requestsPerSecond: 'rps_fractional',
  errorsPerSecond: 'eps',
};

/**
 * Reads the text form (`TEXT cpu_utilization=0.3, eps=2`) and the JSON form (`JSON {"cpu_utilization": 0.3}`). Names that
 * are not known and values that are no finite number from 0 are passed over.
 * @returns null when nothing in it can be used
 */
export function parseLoadReport(header: string): LoadReport | null {
  if (header.length > REPORT_LENGTH_MAX) return null;
  const [, form = '', rest = ''] = /^\s*(TEXT|JSON)\s*:?\s*(.*)$/is.exec(header) ?? [];
  const values = form.toUpperCase() === 'JSON' ? fromJson(rest) : form === '' ? null : fromText(rest);
  if (values === null) return null;
  const read = (name: keyof LoadReport) => numberFrom(values.get(NAMES[name]));
  const report: LoadReport = {
    applicationUtilization: read('applicationUtilization'),
    cpuUtilization: read('cpuUtilization'),
    memUtilization: read('memUtilization'),
    requestsPerSecond: read('requestsPerSecond'),
    errorsPerSecond: read('errorsPerSecond'),
  };
  return Object.values(report).every((value) => value === null) ? null : report;
}

/** Reads how busy an instance says it is: in its own measure when it has one, otherwise by its processor. */
export function utilizationOf(report: LoadReport): number | null {
  return report.applicationUtilization ?? report.cpuUtilization;
}

function fromText(text: string): ReadonlyMap<string, unknown> {
  const pairs = text.split(',').map((pair) => {
    const [name = '', value = ''] = pair.split('=', 2);
    return [name.trim(), value.trim()] as const;
  });
  return new Map(pairs);
}

function fromJson(text: string): ReadonlyMap<string, unknown> | null {
  const value = parseOrNone(text);
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function numberFrom(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value === '')) return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}
