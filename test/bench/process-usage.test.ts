import { parsePeakMemory, parseStat, readUsage, treeOf } from './process-usage';

const STAT =
  '4242 (a) b (c)) S 17 4242 4242 0 -1 4194304 2000 300 0 0 120 30 7 3 20 0 11 0 12345 700000000 9000 18446744073709551615';

describe('/proc', () => {
  it('gives parent and CPU time, whatever stands in the name of the command', () => {
    expect(parseStat(STAT)).toEqual({ pid: 4242, parent: 17, ticks: 160 });
  });

  it('gives the largest resident set in bytes', () => {
    expect(parsePeakMemory('Name:\tnode\nVmPeak:\t 900 kB\nVmHWM:\t   250 kB\nVmRSS:\t 100 kB\n')).toBe(256_000);
  });

  it('gives no memory for a process that has none', () => expect(parsePeakMemory('Name:\tkthreadd\n')).toBe(0));

  it('finds a process and everything below it', () => {
    const process = (pid: number, parent: number) => ({ pid, parent, ticks: 0 });
    const tree = treeOf(10, [process(30, 20), process(10, 1), process(20, 10), process(40, 1), process(21, 10)]);
    expect(tree.map(({ pid }) => pid).sort()).toEqual([10, 20, 21, 30]);
  });

  it('tells what a running process has used', () => {
    const usage = readUsage(process.pid);
    expect(usage.cpuMs).toBeGreaterThan(0);
    expect(usage.peakMemoryBytes).toBeGreaterThan(1e6);
  });

  it('tells nothing of a process that has ended', () => {
    expect(readUsage(2 ** 30)).toEqual({ cpuMs: 0, peakMemoryBytes: 0 });
  });
});
