import { annotationsOf, githubLine } from '../../gateway/cli/annotations';

const PROBLEM = { message: 'no such type', code: 'INVALID_GRAPHQL', line: 3, column: 7 };

describe('annotations of a pull request', () => {
  it('stand beside the line of the file that was given', () => {
    const [annotation] = annotationsOf('COMPOSITION_FAILED', 'x', {
      problems: [{ ...PROBLEM, subgraph: 'a' }],
      subgraph: 'a',
      file: 'a.graphql',
    });
    expect(annotation === undefined ? '' : githubLine(annotation)).toBe(
      '::error file=a.graphql,line=3,col=7,title=INVALID_GRAPHQL::no such type',
    );
  });

  it('name no file for what is wrong in another subgraph', () => {
    const details = { problems: [{ ...PROBLEM, subgraph: 'b' }], subgraph: 'a', file: 'a.graphql' };
    expect(annotationsOf('COMPOSITION_FAILED', 'x', details).map(githubLine)).toEqual([
      '::error title=INVALID_GRAPHQL::b: no such type',
    ]);
  });

  it('are one for the whole when there are no problems', () => {
    expect(annotationsOf('UNAUTHORIZED', 'no token').map(githubLine)).toEqual(['::error title=UNAUTHORIZED::no token']);
  });

  it('escape what ends a command or a property', () => {
    const line = githubLine({
      level: 'warning',
      file: 'a,b:c.graphql',
      line: 1,
      column: 2,
      title: 'a:b',
      message: '100%\nof it',
    });
    expect(line).toBe('::warning file=a%2Cb%3Ac.graphql,line=1,col=2,title=a%3Ab::100%25%0Aof it');
  });
});
