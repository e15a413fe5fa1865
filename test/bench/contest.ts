import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type OperationName, requestBody } from './federation/federation';
import type { Gateway, PreparedGateway } from './gateways/gateway';
import { type Measurement, measure } from './measure';
import type { Traffic } from './options';
import { startGateway } from './running-gateway';
import type { BenchRun, Stage } from './stage';

/** A gateway as a report names it. */
export interface Contestant {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  /** Empty when it could not be prepared. */
  readonly version: string;
}

/** What one gateway did with one operation under one kind of traffic. */
export interface Result {
  readonly gateway: string;
  readonly operation: OperationName;
  readonly traffic: Traffic;
  /** One a round; empty when it could not be measured. */
  readonly rounds: readonly Measurement[];
  /** Why it could not be measured. */
  readonly failure?: string;
}

export interface Discipline {
  readonly operation: OperationName;
  readonly traffic: Traffic;
}

export interface Entrant {
  readonly contestant: Contestant;
  /** The gateway, or why there is none. */
  readonly prepared: PreparedGateway | string;
}

/** Installs or builds a gateway; one that cannot be had stays in the report with the reason. */
export async function enter(gateway: Gateway, { children, progress }: BenchRun): Promise<Entrant> {
  const { id, title, note } = gateway;
  const names = { id, title, ...(note === undefined ? {} : { note }) };
  progress(`preparing ${id}`);
  try {
    const prepared = await gateway.prepare(children);
    return { contestant: { ...names, version: prepared.version }, prepared };
  } catch (error) {
    progress(`${id} is left out: ${messageOf(error)}`);
    return { contestant: { ...names, version: '' }, prepared: messageOf(error) };
  }
}

/** All gateways in turn, round after round; one that fails does not take part any more. */
export async function compete(entrants: readonly Entrant[], discipline: Discipline, stage: Stage): Promise<Result[]> {
  const results = new Map(entrants.map((entrant) => [entrant, begin(entrant, discipline)]));
  for (let round = 1; round <= stage.run.options.rounds; round += 1) {
    for (const [entrant, result] of results) {
      if (result.failure === undefined) results.set(entrant, await takeTurn(entrant, result, round, stage));
    }
  }
  return [...results.values()];
}

function begin({ contestant: { id }, prepared }: Entrant, discipline: Discipline): Result {
  const result = { gateway: id, ...discipline, rounds: [] };
  return typeof prepared === 'string' ? { ...result, failure: prepared } : result;
}

async function takeTurn({ prepared }: Entrant, result: Result, round: number, stage: Stage): Promise<Result> {
  if (typeof prepared === 'string') return result;
  const { operation, traffic, gateway } = result;
  const title = `${operation}, ${traffic} requests, round ${round} of ${stage.run.options.rounds}: ${gateway}`;
  try {
    const one = await measureOnce(prepared, result, stage);
    const { cpuMs, requestsPerSecond } = one;
    stage.run.progress(`${title} ${cpuMs.toFixed(3)} ms CPU a request, ${requestsPerSecond.toFixed(0)} rps`);
    return { ...result, rounds: [...result.rounds, one] };
  } catch (error) {
    stage.run.progress(`${title} failed: ${messageOf(error)}`);
    return { ...result, rounds: [], failure: messageOf(error) };
  }
}

/** A process of its own for every measurement: nothing that an earlier operation compiled or kept counts. */
async function measureOnce(prepared: PreparedGateway, result: Result, stage: Stage): Promise<Measurement> {
  const { connections, warmupSeconds, seconds, profileFolder } = stage.run.options;
  const { gateway: id, operation, traffic } = result;
  const unique = traffic !== 'identical';
  const profile = profileFolder && { profileFolder: join(profileFolder, `${id}-${operation}-${traffic}`) };
  const gateway = await startGateway(prepared, { ...stage.site, ...profile }, unique);
  try {
    const body = requestBody(operation);
    const answer = await gateway.ask(body);
    refuseOtherAnswer(answer, stage.references.get(operation) ?? '');
    const plan = { body, answerLength: Buffer.byteLength(answer), connections, traffic, warmupSeconds, seconds };
    return await measure(gateway, plan, stage.instruments);
  } finally {
    await gateway.stop();
  }
}

function refuseOtherAnswer(answer: string, reference: string): void {
  const { data, errors } = JSON.parse(answer);
  if (errors !== undefined) throw new Error(`answers with errors: ${JSON.stringify(errors).slice(0, 300)}`);
  if (!isDeepStrictEqual(data, JSON.parse(reference).data)) throw new Error("its data differ from stock's");
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
