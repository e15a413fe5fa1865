import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Commit and author of what is published, as far as they are known. */
export interface Vcs {
  readonly commit: string | undefined;
  readonly author: string | undefined;
}

const GIT_MS = 3_000;
const LENGTH_MAX = 200;

/** Variables of CI systems: GitHub, GitLab, CircleCI, Buildkite, Bitbucket, Azure Pipelines, Jenkins, Travis. */
const COMMITS = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'CIRCLE_SHA1',
  'BUILDKITE_COMMIT',
  'BITBUCKET_COMMIT',
  'BUILD_SOURCEVERSION',
  'GIT_COMMIT',
  'TRAVIS_COMMIT',
];
const AUTHORS = [
  'GITHUB_ACTOR',
  'GITLAB_USER_LOGIN',
  'CIRCLE_USERNAME',
  'BUILDKITE_BUILD_AUTHOR',
  'BITBUCKET_STEP_TRIGGERER_UUID',
  'BUILD_REQUESTEDFOR',
  'CHANGE_AUTHOR',
];

/**
 * What was given, else what a CI system says, else what git says of the folder. Never fails: where there is no repository there is
 * nothing to say.
 */
export async function vcsOf(given: Vcs, folder: string, env: NodeJS.ProcessEnv = process.env): Promise<Vcs> {
  const commit = given.commit ?? firstOf(COMMITS, env) ?? (await git(folder, ['rev-parse', 'HEAD']));
  const author = given.author ?? firstOf(AUTHORS, env) ?? (await git(folder, ['log', '-1', '--format=%an']));
  return { commit, author };
}

function firstOf(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const name = names.find((one) => env[one] !== undefined && env[one] !== '');
  return name === undefined ? undefined : env[name]?.slice(0, LENGTH_MAX);
}

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], { timeout: GIT_MS });
    return stdout.trim().slice(0, LENGTH_MAX) || undefined;
  } catch {
    return undefined;
  }
}
