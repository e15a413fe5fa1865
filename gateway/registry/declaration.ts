import { type AddressOptions, addressRules } from '../addresses';
import { HeadgateError } from '../errors';
import type { Instance } from './state';

/** Declaration of a subgraph by its team. */
export interface Declaration {
  readonly name: string;
  readonly sdl: string;
  /** Null leaves the instances of an existing subgraph as they are. */
  readonly instances: readonly Instance[] | null;
}

export const SUBGRAPHS_MAX = 500;
const SDL_BYTES_MAX = 10 * 1024 * 1024;
const INSTANCES_MAX = 100;
const URL_LENGTH_MAX = 2_048;
const WEIGHT_MAX = 1_000;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** @throws {HeadgateError} INVALID_ARGUMENT naming what is wrong and what would be right */
export function checkDeclaration({ name, sdl, instances }: Declaration, addresses: AddressOptions): void {
  checkName(name);
  if (sdl.trim() === '') throw invalid('the SDL is empty; send the schema of the subgraph as the body');
  const bytes = Buffer.byteLength(sdl);
  if (bytes > SDL_BYTES_MAX) throw invalid(`the SDL has ${bytes} bytes; at most ${SDL_BYTES_MAX} are taken`);
  if (instances !== null) checkInstances(instances, addresses);
}

/** @throws {HeadgateError} INVALID_ARGUMENT */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    `${JSON.stringify(name.slice(0, 100))} is no name of a subgraph: a letter, then at most 63 letters, digits, - and _`,
  );
}

function checkInstances(instances: readonly Instance[], addresses: AddressOptions): void {
  if (instances.length === 0)
    throw invalid('a subgraph needs at least one instance: pass url=http://host:port/graphql');
  if (instances.length > INSTANCES_MAX) {
    throw invalid(`${instances.length} instances are given; at most ${INSTANCES_MAX} are taken`);
  }
  const seen = new Set<string>();
  for (const { url, weight } of instances) {
    checkUrl(url, addresses);
    checkWeight(url, weight);
    const same = new URL(url).href;
    if (seen.has(same)) throw invalid(`the URL ${url} is given twice; use its weight instead`);
    seen.add(same);
  }
}

/** @throws {HeadgateError} INVALID_ARGUMENT */
export function checkUrl(url: string, addresses: AddressOptions): void {
  if (url.length > URL_LENGTH_MAX)
    throw invalid(`a URL of ${url.length} characters is too long: at most ${URL_LENGTH_MAX}`);
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw invalid(`${JSON.stringify(url)} is no URL of an instance: give http:// or https://, host, port and path`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw invalid(
      `the URL of ${parsed.host} carries a user name or password, which everyone could read; use a header rule`,
    );
  }
  if (parsed.hash !== '') throw invalid(`the URL ${url} has a fragment (#…), which no server ever sees; leave it out`);
  const refusal = addressRules(addresses).refusalOfUrl(url);
  if (refusal !== null) throw invalid(`no instance can be at ${parsed.host}: ${refusal}`);
}

/** @throws {HeadgateError} INVALID_ARGUMENT */
export function checkWeight(url: string, weight: number): void {
  if (Number.isInteger(weight) && weight >= 1 && weight <= WEIGHT_MAX) return;
  throw invalid(`the weight of ${url} is ${weight}; give a whole number from 1 to ${WEIGHT_MAX}`);
}

function invalid(message: string): HeadgateError {
  return new HeadgateError('INVALID_ARGUMENT', message);
}
