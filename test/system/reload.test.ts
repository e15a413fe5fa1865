import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type QueryLoop, startQueryLoop } from '../fixtures/query-loop';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const QUERY = '{ echo }';
/** Plans come, however busy the machine is. */
const PLANNING = 'planning: { deadline: 1m }';
const TARDY_SDL = 'type Query { slow: String }\n';

describe('a configuration file that changes while clients ask', () => {
  const directory = temporaryDirectories();
  let first: EchoSubgraph;
  let second: EchoSubgraph;
  let tardy: EchoSubgraph;
  let headgate: HeadgateProcess;
  let loop: QueryLoop;
  let file: string;

  /** Replaces the file as editors do. */
  function configure(lines: string, instance = first, planning = PLANNING): void {
    const text = `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
${planning}
subgraphs:
  echo: { schema: { file: ./echo.graphql }, instances: [ { url: "${instance.url}" } ] }
  tardy: { schema: { file: ./tardy.graphql }, url: "${tardy.url}" }
${lines}
`;
    writeFileSync(`${file}.next`, text);
    renameSync(`${file}.next`, file);
  }

  /** Asks until the answer is as wanted. */
  async function eventually(query: string, wanted: (answer: string) => boolean): Promise<string> {
    for (;;) {
      const answer = JSON.stringify((await ask(headgate.graphql, query)).body);
      if (wanted(answer)) return answer;
      await pause(10);
    }
  }

  beforeAll(async () => {
    const folder = directory();
    file = join(folder, 'headgate.yaml');
    writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
    writeFileSync(join(folder, 'tardy.graphql'), TARDY_SDL);
    first = await startEchoSubgraph('first');
    second = await startEchoSubgraph('second');
    tardy = await startEchoSubgraph('tardy');
    configure('');
    headgate = await startHeadgate(['serve'], { cwd: folder });
    loop = startQueryLoop(headgate.graphql, { query: QUERY, pauseMs: 5 });
  });

  afterAll(async () => {
    expect((await loop.stop()).failures).toEqual([]);
    expect(await headgate.stop()).toBe(0);
    await Promise.all([first.kill(), second.kill(), tardy.kill()]);
  });

  it('takes over limits', async () => {
    const query = '{ a: echo b: echo c: echo }';
    expect((await ask(headgate.graphql, query)).body.errors).toBeUndefined();
    configure('limits: { max_aliases: 2 }');
    await eventually(query, (answer) => answer.includes('OPERATION_LIMIT_EXCEEDED'));
  });

  it('takes over timeouts', async () => {
    expect((await ask(headgate.graphql, '{ slow }')).body).toEqual({ data: { slow: 'late' } });
    // Of that subgraph alone: the clients that ask the other one all the time have to be answered.
    configure('traffic_shaping: { subgraphs: { tardy: { timeout: 2s } } }');
    await eventually('{ slow }', (answer) => answer.includes('SUBGRAPH_TIMEOUT'));
  });

  it('takes over headers', async () => {
    first.reply = ({ headers }) => String(headers['x-place']);
    configure('headers: { all: { request: [ { insert: { name: x-place, value: shelf } } ] } }');
    await loop.until(({ data }) => JSON.stringify(data) === '{"echo":"shelf"}');
  });

  it('takes over instances', async () => {
    configure('', second);
    await loop.until(({ data }) => JSON.stringify(data) === '{"echo":"second"}');
  });

  it('keeps what it has when the file is broken, says where, and takes the next good one', async () => {
    configure('limits: { max_aliases: 3 }\nheaders: { all: { request: [ { insrt: { } } ] } }', first);
    const line = await headgate.logged('config.refused', 'headgate.yaml:8:');
    expect(line).toContain('insrt');
    await loop.more(20);
    configure('limits: { max_aliases: 3 }', second);
    await eventually('{ a: echo b: echo c: echo d: echo }', (answer) => answer.includes('OPERATION_LIMIT_EXCEEDED'));
  });

  it('names what waits for a restart', async () => {
    configure('', second, 'planning: { deadline: 3m }');
    await headgate.logged('take effect on restart', 'planning');
  });
});
