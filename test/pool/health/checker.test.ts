import { Client } from 'undici';
import { Checker } from '../../../gateway/pool/health/checker';
import { newHealth } from '../../../gateway/pool/health/health';
import type { ProbeResult } from '../../../gateway/pool/health/probe';
import { sdlHash } from '../../../gateway/pool/health/sdl-hash';
import { loopLag } from '../../../gateway/pool/loop-lag';
import { answerJson, hang, type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';

const SDL = 'type Query { a: Int }';

describe('a checker', () => {
  let server: ScriptedServer;
  let checker: Checker | undefined;
  let results: ProbeResult[];
  const check = (timeoutMs: number) => {
    results = [];
    const target = { dispatcher: new Client(new URL(server.url).origin), headers: {}, pathFor: () => '/' };
    const options = { probe: 'graphql', intervalMs: 1, timeoutMs, unhealthyThreshold: 1, healthyThreshold: 1 } as const;
    checker = new Checker(
      { health: newHealth('pass', 0) },
      {
        options,
        target,
        random: () => 0.5,
        clock: () => performance.now(),
        expectedSdl: () => sdlHash(SDL),
        idle: () => false,
        onChecked: (result) => results.push(result),
        onOwnFault: (error) => {
          throw error;
        },
      },
    );
  };
  beforeEach(async () => {
    server = await startScriptedServer(hang);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await checker?.stop();
    await server.kill();
  });

  it('does not blame an instance while this process itself stands still', async () => {
    const lost = jest.spyOn(loopLag, 'blockedSince').mockReturnValue(5_000);
    check(20);
    await server.arrived(3);
    expect(results).toEqual([]);
    lost.mockReturnValue(0);
    await server.arrived(5);
    expect(results).toContainEqual({ verdict: 'fail', reachable: true, detail: 'timeout', reason: 'timeout' });
  });

  it('compares the schema again when that failed', async () => {
    server.script = answerJson({}, 500);
    check(60_000);
    await server.arrived(3);
    server.script = answerJson({ data: { __typename: 'Query', _service: { sdl: SDL } } });
    await server.arrived(8);
    const asked = server.received.map(({ body }) => body.includes('_service'));
    expect(asked.slice(0, 3)).toEqual([true, true, true]);
    expect(asked).toContain(false);
  });
});
