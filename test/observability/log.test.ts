import { spawnSync } from 'node:child_process';
import { announce, type Events } from '../../gateway/events';
import { type Log, startLog } from '../../gateway/observability/log';

const REQUEST: Events['request.finished'] = {
  id: '',
  operationName: 'Cart',
  operationKind: 'query',
  status: 200,
  durationMs: 12.345,
  errorCount: 1,
  calls: [
    {
      subgraph: 'products',
      instance: '127.0.0.1:4001',
      attempts: 2,
      startMs: 1,
      durationMs: 3.1234,
      requestBytes: 10,
      responseBytes: 20,
      status: 200,
      errorCode: null,
    },
    {
      subgraph: 'reviews',
      instance: null,
      attempts: 3,
      startMs: 1,
      durationMs: 9,
      requestBytes: 10,
      responseBytes: 0,
      status: null,
      errorCode: 'SUBGRAPH_UNREACHABLE',
    },
  ],
};

describe('the log', () => {
  let log: Log;
  let lines: Record<string, unknown>[];
  const start = (level: 'silent' | 'warn' | 'info' | 'debug') => {
    lines = [];
    log = startLog({ level, format: 'json' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  };
  afterEach(() => log.close());

  it('has one line for each request', () => {
    start('info');
    announce('request.finished', REQUEST);
    expect(lines).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        pid: process.pid,
        event: 'request',
        operation: 'Cart',
        kind: 'query',
        status: 200,
        ms: 12.3,
        errors: 1,
        calls: [
          { subgraph: 'products', instance: '127.0.0.1:4001', attempts: 2, ms: 3.1, status: 200, code: null },
          { subgraph: 'reviews', instance: null, attempts: 3, ms: 9, status: null, code: 'SUBGRAPH_UNREACHABLE' },
        ],
        msg: 'query Cart 200 12.3ms',
      },
    ]);
  });

  it('puts defects at level error, with their stack and their cause', () => {
    start('info');
    const cause = new TypeError('inner');
    announce('internal.error', { where: 'graphql', error: new Error('outer', { cause }) });
    expect(lines).toMatchObject([
      {
        level: 50,
        msg: 'internal error in graphql: Error: outer',
        err: {
          type: 'Error',
          stack: expect.stringContaining('log.test'),
          cause: { type: 'TypeError', message: 'inner' },
        },
      },
    ]);
  });

  it('shows of a defect its message and stack only', () => {
    start('info');
    announce('internal.error', {
      where: 'transport',
      error: Object.assign(new Error('refused'), { headers: 'Bearer secret' }),
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('warns of an instance that turns unwell and notes one that recovers', () => {
    start('info');
    const change = { pool: 'products', instance: '127.0.0.1:4001', reason: '5 errors in a row' };
    announce('instance.changed', { ...change, from: 'healthy', to: 'ejected' });
    announce('instance.changed', { ...change, from: 'ejected', to: 'healthy' });
    expect(lines.map(({ level }) => level)).toEqual([40, 30]);
  });

  it('names the source, the code and the reason of a refused supergraph', () => {
    start('info');
    announce('supergraph.refused', {
      source: 'shop.graphql',
      code: 'COMPOSITION_FAILED',
      message: 'products: no query',
    });
    expect(lines).toMatchObject([
      { level: 50, code: 'COMPOSITION_FAILED', msg: 'supergraph from shop.graphql refused: products: no query' },
    ]);
  });

  it('leaves out attempts unless it is asked to debug', async () => {
    const attempt = { pool: 'products', instance: '127.0.0.1:4001', outcome: 'ok', attempt: 1, durationMs: 1 };
    start('info');
    announce('attempt.finished', attempt);
    expect(lines).toEqual([]);
    await log.close();
    start('debug');
    announce('attempt.finished', attempt);
    expect(lines).toMatchObject([{ event: 'attempt.finished', outcome: 'ok' }]);
  });

  it('names who steered an instance, how, for how long and why', () => {
    start('info');
    const asked = { pool: 'products', instance: '127.0.0.1:4001', actor: 'token', reason: 'kernel update' };
    announce('instance.overridden', { ...asked, action: 'weight', weight: 0.5, ttlMs: 600_000 });
    announce('instance.overridden', { ...asked, action: 'resume', weight: null, ttlMs: null });
    expect(lines).toMatchObject([
      {
        ...asked,
        level: 30,
        ttl_ms: 600_000,
        msg: expect.stringContaining('weight 0.5 for 600 s by token, kernel update'),
      },
      { ...asked, level: 30, ttl_ms: null, msg: expect.stringContaining('resume by token') },
    ]);
  });

  it.each(['silent', 'warn'] as const)('has no requests at level %s', (level) => {
    start(level);
    announce('request.finished', REQUEST);
    expect(lines).toEqual([]);
  });

  it('is quiet once closed', async () => {
    start('info');
    await log.close();
    announce('request.finished', REQUEST);
    expect(lines).toEqual([]);
  });

  describe('on stderr', () => {
    /** What a process prints that logs one event and closes the log. */
    function print(format: 'json' | 'text' | 'auto', end = 'open.close()'): string {
      const modules = ['../../gateway/events', '../../gateway/observability/log'].map((name) => require.resolve(name));
      const script = `
        const [events, log] = ${JSON.stringify(modules)}.map(require);
        const open = log.startLog({ level: 'info', format: '${format}' });
        events.announce('server.draining', { signal: 'SIGTERM' });
        ${end};`;
      const env = { ...process.env, NO_COLOR: '1' };
      return spawnSync(process.execPath, ['--eval', script], { env }).stderr.toString();
    }

    it.each(['json', 'auto'] as const)('is JSON by format %s when nobody looks', (format) => {
      expect(JSON.parse(print(format))).toMatchObject({ event: 'server.draining', msg: 'draining after SIGTERM' });
    });

    it('has every line also when the process exits at once', () => {
      expect(JSON.parse(print('json', 'process.exit(3)'))).toMatchObject({ event: 'server.draining' });
    });

    it('has every line also of a process that nothing keeps', () => {
      expect(JSON.parse(print('json', ''))).toMatchObject({ event: 'server.draining' });
    });

    it('is text when that is asked for', () => {
      expect(print('text')).toMatch(/^\[[\d:.]+\] INFO: draining after SIGTERM\n$/);
    });
  });
});
