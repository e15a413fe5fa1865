import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One line of /proc/PID/stat. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** CPU time of all its threads and of the children it has waited for, in clock ticks. */
  readonly ticks: number;
}

/** Reads /proc/PID/stat. The command's name stands in parentheses and may itself have any character in it. */
export function parseStat(text: string): ProcessStat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  return { pid: Number.parseInt(text, 10), parent, ticks: utime + stime + cutime + cstime };
}

/** The largest resident set so far, in bytes, from /proc/PID/status; 0 for a process without memory. */
export function parsePeakMemory(text: string): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** The process and everything below it. */
export function treeOf(root: number, processes: readonly ProcessStat[]): ProcessStat[] {
  const found = processes.filter(({ pid }) => pid === root);
  for (const one of found) found.push(...processes.filter(({ parent }) => parent === one.pid));
  return found;
}

export interface Usage {
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
}

const msPerTick = 1000 / readTicksPerSecond();

/** What a process and its children have used since they began. */
export function readUsage(root: number): Usage {
  const tree = treeOf(root, readProcesses());
  const ticks = tree.reduce((sum, one) => sum + one.ticks, 0);
  const peakMemoryBytes = tree.reduce((sum, { pid }) => sum + parsePeakMemory(readProc(pid, 'status')), 0);
  return { cpuMs: ticks * msPerTick, peakMemoryBytes };
}

function readProcesses(): ProcessStat[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map((pid) => readProc(Number(pid), 'stat'))
    .filter((text) => text !== '')
    .map(parseStat);
}

/** Empty when the process has just ended. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function readTicksPerSecond(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100;
  } catch {
    return 100;
  }
}
