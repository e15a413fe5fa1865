import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

const DELAY_RESOLUTION_MS = 20;

/** The process under the names that Prometheus clients share, and its event loop. */
export function gaugeProcess(registry: Registry, version: string): () => void {
  const registers = [registry];
  new Gauge({ name: 'headgate_build_info', help: 'Always 1.', labelNames: ['version', 'node'], registers }).set(
    { version, node: process.version },
    1,
  );
  gauge(registry, 'process_start_time_seconds', 'When the process started.', () => performance.timeOrigin / 1_000);
  gauge(registry, 'process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  gauge(registry, 'process_open_fds', 'Open file descriptors.', openFiles);
  gauge(registry, 'headgate_heap_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
  gauge(registry, 'headgate_external_bytes', 'Memory outside of the heap: bodies and answers as they came.', () => {
    return process.memoryUsage().external;
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Counter({
    name: 'headgate_event_loop_active_seconds_total',
    help: 'Time that the event loop was not waiting; its rate is the utilisation.',
    registers,
    collect() {
      this.reset();
      this.inc(performance.eventLoopUtilization().active / 1_000);
    },
  });
  return gaugeDelay(registry);
}

/** How late timers fire; since the last time that somebody asked. */
function gaugeDelay(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  // The histogram holds whole intervals: what is beyond the resolution is delay. Without a sample there is none.
  const late = (ns: number) => Math.max(0, ns / 1e9 - DELAY_RESOLUTION_MS / 1e3) || 0;
  const p99 = 'headgate_event_loop_delay_p99_seconds';
  gauge(registry, p99, '99th percentile of the event loop delay since the scrape before.', () =>
    late(delay.percentile(99)),
  );
  // Asked after the gauge above, in the order of registration.
  const worst = 'headgate_event_loop_delay_max_seconds';
  gauge(registry, worst, 'Longest event loop delay since the scrape before.', () => {
    const max = late(delay.max);
    delay.reset();
    return max;
  });
  return () => delay.disable();
}

function gauge(registry: Registry, name: string, help: string, read: () => number | null): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === null) this.remove();
      else this.set(value);
    },
  });
}

/** Null where there is no /proc. */
function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
