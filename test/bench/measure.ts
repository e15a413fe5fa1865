import { setTimeout as pause } from 'node:timers/promises';
import type { HelperProcess } from './helper-process';
import type { Load, LoadCommands, Tally } from './load-process';
import { forwards, type Traffic } from './options';
import { readUsage } from './process-usage';
import type { RunningGateway } from './running-gateway';
import type { SubgraphsCommands } from './subgraphs-process';

/** What one gateway spent on one operation in one round. */
export interface Measurement {
  readonly requests: number;
  /** CPU time of the gateway's processes, a request. */
  readonly cpuMs: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Largest resident set since the gateway began. */
  readonly peakMemoryBytes: number;
  /** Requests that subgraphs received, a client's request. */
  readonly subgraphRequests: number;
  /** Cores that the gateway kept busy; less than 1 when it was not the bottleneck. */
  readonly gatewayBusy: number;
  /** Cores that the load generator and the subgraphs kept busy. */
  readonly benchBusy: number;
}

export interface Instruments {
  readonly load: HelperProcess<LoadCommands>;
  readonly subgraphs: HelperProcess<SubgraphsCommands>;
}

export interface Plan {
  readonly body: string;
  readonly answerLength: number;
  readonly connections: number;
  readonly traffic: Traffic;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

/** Puts load on a gateway and measures after the warm-up; throws when any answer was not the expected one. */
export async function measure(
  gateway: RunningGateway,
  plan: Plan,
  { load, subgraphs }: Instruments,
): Promise<Measurement> {
  const { body, answerLength, connections, traffic } = plan;
  const ownHeader = ownHeaderOf(traffic);
  const bench = () => readUsage(load.pid).cpuMs + readUsage(subgraphs.pid).cpuMs;
  await subgraphs.ask('change', traffic === 'changing');
  const { port, path, headers } = gateway;
  await load.ask('start', { port, path, headers, body, answerLength, connections, ownHeader });
  await pause(plan.warmupSeconds * 1000);
  await load.ask('mark', null);
  const before = { gateway: readUsage(gateway.pid), bench: bench(), calls: await subgraphs.ask('count', null) };
  await pause(plan.seconds * 1000);
  const after = { gateway: readUsage(gateway.pid), bench: bench(), calls: await subgraphs.ask('count', null) };
  const tally = await load.ask('stop', null);
  const calls = after.calls.requests - before.calls.requests;
  refuseFailures(tally);
  if (forwards(traffic)) refuseWithheldHeader(after.calls.authorized - before.calls.authorized, calls);
  const cpuMs = after.gateway.cpuMs - before.gateway.cpuMs;
  return {
    requests: tally.requests,
    cpuMs: cpuMs / tally.requests,
    requestsPerSecond: (tally.requests / tally.elapsedMs) * 1000,
    p50Ms: tally.p50Ms,
    p99Ms: tally.p99Ms,
    peakMemoryBytes: after.gateway.peakMemoryBytes,
    subgraphRequests: calls / tally.requests,
    gatewayBusy: cpuMs / tally.elapsedMs,
    benchBusy: (after.bench - before.bench) / tally.elapsedMs,
  };
}

function ownHeaderOf(traffic: Traffic): Load['ownHeader'] {
  if (traffic === 'traced') return 'traceparent';
  return forwards(traffic) ? 'authorization' : null;
}

function refuseFailures({ requests, refused, altered, broken }: Tally): void {
  if (requests === 0) throw new Error('no request was answered while it was measured');
  if (refused > 0) throw new Error(`${refused} of ${requests} answers had a status other than 200`);
  if (altered > 0) throw new Error(`${altered} of ${requests} answers had another length than the checked one`);
  if (broken > 0) throw new Error(`${broken} connections broke under load`);
}

/** Health checks of the gateway's own carry no header; client requests are nearly all there is. */
function refuseWithheldHeader(authorized: number, calls: number): void {
  if (authorized < calls * 0.9)
    throw new Error(`only ${authorized} of ${calls} subgraph requests had the authorization header`);
}
