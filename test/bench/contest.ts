import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type OperationName, requestBody } from './federation/federation';
import type { Gateway, PreparedGateway } from './gateways/gateway';
import { type Measurement, measure } from './measure';
import { forwards, type Traffic } from './options';
import { type RunningGateway, startGateway } from './running-gateway';
import type { BenchRun, Stage } from './stage';

/** Load before an interleaved round counts again: connections are new, the code is warm. */
const WARM_AGAIN_SECONDS = 0.3;

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
  const lanes = new Map(entrants.map((entrant) => [entrant, new Lane(discipline, stage)]));
  try {
    for (let round = 1; round <= stage.run.options.rounds; round += 1) {
      for (const [entrant, lane] of lanes) {
        const result = results.get(entrant) ?? begin(entrant, discipline);
        if (result.failure === undefined) results.set(entrant, await takeTurn(entrant, result, round, lane, stage));
      }
    }
  } finally {
    for (const lane of lanes.values()) await lane.leave();
  }
  return [...results.values()];
}

function begin({ contestant: { id }, prepared }: Entrant, discipline: Discipline): Result {
  const result = { gateway: id, ...discipline, rounds: [] };
  return typeof prepared === 'string' ? { ...result, failure: prepared } : result;
}

async function takeTurn(
  { prepared }: Entrant,
  result: Result,
  round: number,
  lane: Lane,
  stage: Stage,
): Promise<Result> {
  if (typeof prepared === 'string') return result;
  const { operation, traffic, gateway } = result;
  const title = `${operation}, ${traffic} requests, round ${round} of ${stage.run.options.rounds}: ${gateway}`;
  try {
    const one = await lane.measure(prepared, gateway);
    const { cpuMs, requestsPerSecond } = one;
    stage.run.progress(`${title} ${cpuMs.toFixed(3)} ms CPU a request, ${requestsPerSecond.toFixed(0)} rps`);
    return { ...result, rounds: [...result.rounds, one] };
  } catch (error) {
    stage.run.progress(`${title} failed: ${messageOf(error)}`);
    await lane.leave();
    return { ...result, rounds: [], failure: messageOf(error) };
  }
}

/**
 * One gateway at one operation: a process of its own for every measurement, so that nothing that was compiled or kept
 * before counts; or, interleaved, one process that is warmed up once and waits while others have their turns.
 */
class Lane {
  readonly #discipline: Discipline;
  readonly #stage: Stage;
  #gateway: RunningGateway | undefined;
  #answerLength = 0;

  constructor(discipline: Discipline, stage: Stage) {
    this.#discipline = discipline;
    this.#stage = stage;
  }

  async measure(prepared: PreparedGateway, id: string): Promise<Measurement> {
    const { connections, warmupSeconds, seconds, interleave } = this.#stage.run.options;
    const { operation, traffic } = this.#discipline;
    const warm = this.#gateway !== undefined;
    const gateway = this.#gateway ?? (await this.#enter(prepared, id));
    const body = requestBody(operation);
    const plan = { body, answerLength: this.#answerLength, connections, traffic, seconds };
    const warmUp = warm ? Math.min(warmupSeconds, WARM_AGAIN_SECONDS) : warmupSeconds;
    const measurement = await measure(gateway, { ...plan, warmupSeconds: warmUp }, this.#stage.instruments);
    if (!interleave) await this.leave();
    return measurement;
  }

  async leave(): Promise<void> {
    await this.#gateway?.stop();
    this.#gateway = undefined;
  }

  async #enter(prepared: PreparedGateway, id: string): Promise<RunningGateway> {
    const { operation, traffic } = this.#discipline;
    const { site, references, run } = this.#stage;
    const folder = run.options.profileFolder;
    const profile = folder && { profileFolder: join(folder, `${id}-${operation}-${traffic}`) };
    this.#gateway = await startGateway(prepared, { ...site, ...profile }, forwards(traffic));
    const answer = await this.#gateway.ask(requestBody(operation));
    refuseOtherAnswer(answer, references.get(operation) ?? '');
    this.#answerLength = Buffer.byteLength(answer);
    return this.#gateway;
  }
}

function refuseOtherAnswer(answer: string, reference: string): void {
  const { data, errors } = JSON.parse(answer);
  if (errors !== undefined) throw new Error(`answers with errors: ${JSON.stringify(errors).slice(0, 300)}`);
  if (!isDeepStrictEqual(data, JSON.parse(reference).data)) throw new Error("its data differ from stock's");
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
