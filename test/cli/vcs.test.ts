import { execFileSync } from 'node:child_process';
import { vcsOf } from '../../gateway/cli/vcs';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const NOTHING = { commit: undefined, author: undefined };

describe('what is known of a commit', () => {
  const directory = temporaryDirectories();

  it('is what was given, before what anybody else says', async () => {
    const env = { GITHUB_SHA: 'of-ci', GITHUB_ACTOR: 'ci' };
    expect(await vcsOf({ commit: 'mine', author: 'me' }, directory(), env)).toEqual({ commit: 'mine', author: 'me' });
    expect(await vcsOf({ commit: 'mine', author: undefined }, directory(), env)).toEqual({
      commit: 'mine',
      author: 'ci',
    });
  });

  it.each([
    [{ GITHUB_SHA: 'a', GITHUB_ACTOR: 'ann' }, 'a', 'ann'],
    [{ CI_COMMIT_SHA: 'b', GITLAB_USER_LOGIN: 'ben' }, 'b', 'ben'],
    [{ GITHUB_SHA: '', CIRCLE_SHA1: 'c', CIRCLE_USERNAME: 'cyd' }, 'c', 'cyd'],
  ])('is what a CI system says: %j', async (env, commit, author) => {
    expect(await vcsOf(NOTHING, directory(), env)).toEqual({ commit, author });
  });

  it('is what git says of the folder', async () => {
    const folder = directory();
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=Dan', '-c', 'user.email=d@example.com', ...args], {
        encoding: 'utf8',
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    expect(await vcsOf(NOTHING, folder, {})).toEqual({ commit: git('rev-parse', 'HEAD').trim(), author: 'Dan' });
  });

  it('is nothing where there is no repository', async () => {
    expect(await vcsOf(NOTHING, `${directory()}/nowhere`, {})).toEqual(NOTHING);
  });
});
