import { ERRORS, KNOWN_ELSEWHERE } from '../../../gateway/errors';
import { runHeadgate } from '../../fixtures/headgate-process';

describe('headgate explain', () => {
  it('prints what is known of a code, however it is written', async () => {
    const stdout = [
      'SUBGRAPH_TIMEOUT',
      `  meaning     ${ERRORS.SUBGRAPH_TIMEOUT.meaning}`,
      `  what to do  ${ERRORS.SUBGRAPH_TIMEOUT.remedy}`,
      '  exit        2 of a command that ends with it',
      '',
    ].join('\n');
    expect(await runHeadgate(['explain', 'subgraph_timeout'])).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('answers programs in JSON, for codes that others have named as well', async () => {
    const { stdout } = await runHeadgate(['explain', 'GRAPHQL_PARSE_FAILED', '--format', 'json']);
    expect(JSON.parse(stdout)).toEqual({
      json_version: '1',
      data: { code: 'GRAPHQL_PARSE_FAILED', status: null, exit: null, ...KNOWN_ELSEWHERE.GRAPHQL_PARSE_FAILED },
      error: null,
    });
  });

  it('lists all of them without one', async () => {
    const { stdout } = await runHeadgate(['explain']);
    for (const code of [...Object.keys(ERRORS), ...Object.keys(KNOWN_ELSEWHERE)])
      expect(stdout).toContain(`\n${code} `);
  });

  it.each([
    ['SUBGRAPH_TIMOUT', '; did you mean SUBGRAPH_TIMEOUT?'],
    ['NOTHING_OF_THE_KIND_AT_ALL', '; headgate explain lists those that there are'],
  ])('exits 3 for %s', async (given, hint) => {
    expect(await runHeadgate(['explain', given])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error[USAGE] there is no code ${given}${hint}\n`,
    });
  });
});
