import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Children } from './children';
import type { Cores } from './cores';
import { type OperationName, requestBody, supergraphAt } from './federation/federation';
import type { Gateway } from './gateways/gateway';
import { stock } from './gateways/stock';
import { HelperProcess } from './helper-process';
import type { LoadCommands } from './load-process';
import type { Instruments } from './measure';
import type { BenchOptions } from './options';
import { type Site, startGateway } from './running-gateway';
import type { SubgraphsCommands } from './subgraphs-process';

/** What a run is made of. */
export interface BenchRun {
  readonly options: BenchOptions;
  readonly gateways: readonly Gateway[];
  readonly children: Children;
  /** A folder that is deleted when the run ends. */
  readonly folder: string;
  readonly progress: (line: string) => void;
}

/** Everything that a measurement needs beside the gateway. */
export interface Stage {
  readonly run: BenchRun;
  readonly site: Site;
  readonly instruments: Instruments;
  /** Stock's answers: the right ones. */
  readonly references: ReadonlyMap<OperationName, string>;
}

/** Starts the subgraphs and the load generator, and asks stock for the answers. */
export async function setTheStage(run: BenchRun, cores: Cores): Promise<Stage> {
  const { children, folder, options } = run;
  const helper = (file: string) => join(__dirname, file);
  const subgraphs = new HelperProcess<SubgraphsCommands>(children, helper('subgraphs-process.js'), cores.subgraphs);
  const load = new HelperProcess<LoadCommands>(children, helper('load-process.js'), cores.load);
  const { origin } = await subgraphs.ask('listen', null);
  const supergraphFile = join(folder, 'supergraph.graphql');
  writeFileSync(supergraphFile, supergraphAt(origin));
  const site = { children, folder, node: options.node, core: cores.gateway, supergraphFile, subgraphsOrigin: origin };
  run.progress('asking stock for the reference answers');
  const references = await askStock(site, options.operations);
  return { run, site, instruments: { load, subgraphs }, references };
}

async function askStock(site: Site, operations: readonly OperationName[]): Promise<Map<OperationName, string>> {
  const reference = await startGateway(await stock.prepare(site.children), site, false);
  const answers = new Map<OperationName, string>();
  for (const operation of operations) {
    const answer = await reference.ask(requestBody(operation));
    const { errors } = JSON.parse(answer);
    if (errors !== undefined) throw new Error(`stock answers ${operation} with errors: ${JSON.stringify(errors)}`);
    answers.set(operation, answer);
  }
  await reference.stop();
  return answers;
}
