import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HeadgateError } from './errors';
import { packagePeers } from './package-root';

/** A package that the project around us provides, as `require` finds it. */
export interface FoundPackage {
  readonly version: string;
  readonly folder: string;
}

/** Finds a package from a file or folder; null when there is none. */
export type FindPackage = (name: string, from: string) => FoundPackage | null;

/** What hands schemas to graphql beside our own code: with a copy of its own it would refuse ours. */
const SHARES_GRAPHQL = ['@apollo/server', '@apollo/federation-internals'];

/**
 * The lowest graphql that our own server validates with. Earlier ones cannot leave names out of their suggestions and take
 * seconds over an 83 kB query; in somebody else's Apollo Server that is the host's to decide.
 */
const OWN_SERVER_GRAPHQL = '^16.15.0';

/** Throws when a peer is missing, too old or too new, or when there are two copies of graphql. @throws {HeadgateError} PEER_UNFIT */
export function checkPeers(): void {
  const problem = peerProblem(packagePeers, findPackage);
  if (problem !== null) throw new HeadgateError('PEER_UNFIT', problem);
}

/** Throws when graphql is too old for clients that are strangers. @throws {HeadgateError} PEER_UNFIT */
export function checkServerPeers(): void {
  const problem = peerProblem({ graphql: OWN_SERVER_GRAPHQL }, findPackage);
  if (problem !== null) throw new HeadgateError('PEER_UNFIT', problem);
}

/** Says what an embedding host misses with an old graphql; null when it misses nothing. */
export function embeddedPeerAdvice(): string | null {
  const found = findPackage('graphql', __filename);
  if (found === null || fits(found.version, OWN_SERVER_GRAPHQL)) return null;
  return (
    `graphql ${found.version} in ${found.folder} may take seconds to validate a large query; ` +
    `16.15.0 does not: ${installs('graphql', OWN_SERVER_GRAPHQL)}`
  );
}

/** Says what is wrong with the first of the peers that does not fit, where it is, and what to do; null when all fit. */
export function peerProblem(peers: Readonly<Record<string, string>>, find: FindPackage): string | null {
  for (const [name, range] of Object.entries(peers)) {
    const found = find(name, __filename);
    if (found === null) return `${name} is not installed; headgate needs ${range} beside it: ${installs(name, range)}`;
    if (!fits(found.version, range))
      return `headgate needs ${name} ${range} and found ${found.version} in ${found.folder}: ${installs(name, range)}`;
  }
  return twoCopies(find);
}

/** Says that a host's Apollo Server refused our schema because its graphql is another copy than ours. */
export function otherRealm(): string {
  const own = findPackage('graphql', __filename);
  return (
    `the Apollo Server around HeadgateGateway has another copy of graphql than headgate (${own?.version} in ${own?.folder}), ` +
    'and two copies refuse each other’s schemas. `npm ls graphql` shows who brings which; make it one with ' +
    '`npm dedupe`, or install headgate from its tarball where it is linked to a checkout'
  );
}

function twoCopies(find: FindPackage): string | null {
  const own = find('graphql', __filename);
  if (own === null) return null;
  for (const name of SHARES_GRAPHQL) {
    const other = find(name, __filename);
    const its = other === null ? null : find('graphql', join(other.folder, 'package.json'));
    if (its === null || its.folder === own.folder) continue;
    return (
      `there are two copies of graphql, which refuse each other's schemas: headgate uses ${own.version} in ${own.folder}, ` +
      `${name} uses ${its.version} in ${its.folder}. \`npm ls graphql\` shows who brings which; make it one with \`npm dedupe\``
    );
  }
  return null;
}

/** Tells whether a version is in a caret range of a major version above 0, the only form that our peers have. */
export function fits(version: string, range: string): boolean {
  const [major = 0, minor = 0, patch = 0] = numbersOf(version);
  const [lowMajor = 0, lowMinor = 0, lowPatch = 0] = numbersOf(range);
  if (major !== lowMajor) return false;
  return minor > lowMinor || (minor === lowMinor && patch >= lowPatch);
}

function numbersOf(text: string): number[] {
  return (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

function installs(name: string, range: string): string {
  return `npm install ${name}@${range}`;
}

function findPackage(name: string, from: string): FoundPackage | null {
  try {
    return packageAround(createRequire(from).resolve(name), name);
  } catch {
    return null;
  }
}

/** The package that a file belongs to: some have other package.json files inside, without a version. */
function packageAround(file: string, name: string): FoundPackage | null {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const described = readPackage(join(folder, 'package.json'));
    if (described?.name === name && described.version !== undefined) return { version: described.version, folder };
  }
  return null;
}

function readPackage(path: string): { readonly name?: string; readonly version?: string } | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
