import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

describe('headgate serve in a folder without headgate.yaml', () => {
  const directory = temporaryDirectories();

  it('says what it is and what to do next, until something is published', async () => {
    const cwd = directory();
    const first = await startHeadgate(['serve', '--port', '0'], { cwd });
    const said = await first.logged('there is no ./headgate.yaml');
    expect(said).toContain(`a registry of its own in ${join(cwd, '.headgate', 'registry')}`);
    for (const command of ['subgraph publish NAME', 'init', 'serve --supergraph FILE', 'demo'])
      await first.logged(`  headgate ${command}`);
    writeFileSync(join(cwd, 'a.graphql'), 'type Query { a: Int }');
    const published = await runHeadgate(
      ['subgraph', 'publish', 'a', '--schema', 'a.graphql', '--url', 'http://127.0.0.1:9/', '--admin', first.admin],
      { cwd },
    );
    expect(published.code).toBe(0);
    expect(await first.stop()).toBe(0);

    const second = await startHeadgate(['serve', '--port', '0'], { cwd });
    expect(await second.stop()).toBe(0);
    expect(second.lines('there is no ./headgate.yaml')).toEqual([]);
  });

  it('writes a log of text without colours where no terminal reads it', async () => {
    const cwd = directory();
    writeFileSync(
      join(cwd, 'headgate.yaml'),
      'server: { listen: "127.0.0.1:0" }\nlog: { format: text, level: info }\n',
    );
    const headgate = await startHeadgate(['serve'], { cwd, env: { NO_COLOR: '' } });
    await headgate.logged('INFO', 'listen');
    expect(await headgate.stop()).toBe(0);
    expect(headgate.lines('\u001b[')).toEqual([]);
  });
});
