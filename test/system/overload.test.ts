import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECHO_SDL } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

describe('a gateway with as many requests as it may have', () => {
  const directory = temporaryDirectories();
  const held: (() => void)[] = [];
  let folder: string;
  let subgraph: ScriptedServer;
  let headgate: HeadgateProcess;

  function configure(max: number): void {
    const file = join(folder, 'headgate.yaml');
    const text = `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${subgraph.url}" } }
traffic_shaping:
  router: { max_concurrency: ${max}, timeout: 5m }
  all: { timeout: 5m, retry: { max_attempts: 1 }, health_check: false }
`;
    writeFileSync(`${file}.next`, text);
    renameSync(`${file}.next`, file);
  }

  beforeAll(async () => {
    folder = directory();
    const answer = answerJson({ data: { echo: 'held' } });
    subgraph = await startScriptedServer((...given) => void held.push(() => answer(...given)));
    writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
    configure(2);
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });

  afterAll(async () => {
    expect(await headgate?.stop()).toBe(0);
    await subgraph?.kill();
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${headgate.admin}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  }

  /** Resolves once a metric has that value. */
  async function shows(name: string, value: number): Promise<void> {
    while ((await metric(name)) !== value) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const release = () => {
    for (const answer of held.splice(0)) answer();
  };

  it('counts those that share an execution, and says that it is full', async () => {
    const first = ask(headgate.graphql, '{ echo }');
    await subgraph.arrived(1);
    release();
    expect((await first).body).toEqual({ data: { echo: 'held' } });
    // Known by now: what is equal is one execution.
    const both = [ask(headgate.graphql, '{ echo }'), ask(headgate.graphql, '{ echo }')];
    await subgraph.arrived(2);
    await shows('headgate_requests_in_flight', 2);
    const { status, body } = await ask(headgate.graphql, '{ echo }');
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([503, 'GATEWAY_OVERLOADED']);
    expect(await metric('headgate_requests_refused_total')).toBe(1);
    expect(await headgate.logged('requests.refused')).toContain('"count":1,"max":2');
    release();
    for (const answer of both) expect((await answer).body).toEqual({ data: { echo: 'held' } });
    expect(subgraph.received).toHaveLength(2);
    expect(await metric('headgate_requests_in_flight')).toBe(0);
  });

  it('takes over another limit without a restart', async () => {
    const both = [ask(headgate.graphql, '{ echo }'), ask(headgate.graphql, '{ echo }')];
    await shows('headgate_requests_in_flight', 2);
    configure(3);
    await shows('headgate_requests_in_flight_max', 3);
    const third = ask(headgate.graphql, '{ echo }');
    await shows('headgate_requests_in_flight', 3);
    // Its call may still be on its way.
    subgraph.script = answerJson({ data: { echo: 'held' } });
    release();
    for (const answer of [...both, third]) expect((await answer).body).toEqual({ data: { echo: 'held' } });
    expect(headgate.lines('take effect on restart')).toEqual([]);
  });

  it('has a configuration in which everything is in effect', async () => {
    const { code, stdout, stderr } = await runHeadgate(['validate', '--format', 'json'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).data.not_in_effect).toEqual([]);
  });
});
