import type { Server } from 'node:http';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { ApolloServerPlugin } from '@apollo/server';

/** The response header of the Open Request Cost Aggregation (ORCA) format, which Headgate and other proxies read. */
const HEADER = 'endpoint-load-metrics';
/** A new figure after this time; a shorter window would measure chance. */
const WINDOW_MS = 500;

/**
 * Measures how busy this process is: the share of time that its event loop is not waiting is what a Node process runs
 * out of first.
 */
export class LoadMeter {
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #cpu = process.cpuUsage();
  #sinceMs = performance.now();
  #requests = 0;
  #header = 'TEXT application_utilization=0';

  /** Counts a request, and gives the value of the header for its answer. */
  read(): string {
    this.#requests += 1;
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs >= WINDOW_MS) this.#measure(nowMs);
    return this.#header;
  }

  #measure(nowMs: number): void {
    const seconds = (nowMs - this.#sinceMs) / 1_000;
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    const { user, system } = process.cpuUsage(this.#cpu);
    const figures = {
      application_utilization: utilization,
      cpu_utilization: (user + system) / 1e6 / seconds,
      rps_fractional: this.#requests / seconds,
    };
    const pairs = Object.entries(figures).map(([name, value]) => `${name}=${value.toFixed(3)}`);
    this.#header = `TEXT ${pairs.join(',')}`;
    this.#loop = loop;
    this.#cpu = process.cpuUsage();
    this.#sinceMs = nowMs;
    this.#requests = 0;
  }
}

/** A plugin for Apollo Server that reports the load with every answer. */
export function loadReportPlugin(meter: LoadMeter = new LoadMeter()): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return { willSendResponse: async ({ response }) => void response.http.headers.set(HEADER, meter.read()) };
    },
  };
}

/** The same for any server of `node:http`, whatever framework listens on it. */
export function reportLoad(server: Server, meter: LoadMeter = new LoadMeter()): void {
  server.prependListener('request', (_request, response) => void response.setHeader(HEADER, meter.read()));
}
