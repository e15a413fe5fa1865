import type { Events, SubgraphCall } from '../../gateway/events';
import { RequestLines } from '../../gateway/observability/request-lines';

const CALL: SubgraphCall = {
  subgraph: 'products',
  instance: '127.0.0.1:4001',
  attempts: 1,
  startMs: 0,
  durationMs: 2.26,
  requestBytes: 1,
  responseBytes: 1,
  status: 200,
  errorCode: null,
};
const REQUEST: Events['request.finished'] = {
  id: '',
  operationName: 'Cart',
  operationKind: 'query',
  status: 200,
  durationMs: 3,
  errorCount: 0,
  calls: [],
};

describe('a line of a request', () => {
  const lines = new RequestLines({ pid: 7, worker: 2 }, () => ',"time":"now"');
  const read = (changes: Partial<typeof REQUEST>) => JSON.parse(lines.line(30, { ...REQUEST, ...changes }));

  it('begins with what every line has', () => {
    const line = lines.line(50, REQUEST);
    expect(line).toMatch(/^\{"level":50,"time":"now","pid":7,"worker":2,"event":"request",.*\}\n$/);
  });

  it.each(['"', '\\', '\n', '\u2028', '日本', `${'x'.repeat(5_000)}"`])(
    'can hold an operation named %j',
    (operationName) => {
      expect(read({ operationName })).toMatchObject({
        operation: operationName,
        msg: `query ${operationName} 200 3ms`,
      });
    },
  );

  it('has the name of the request, where it has one', () => {
    expect(read({ id: 'abc-1' })).toMatchObject({ event: 'request', id: 'abc-1', status: 200 });
    expect(read({})).not.toHaveProperty('id');
  });

  it('says when there is no operation', () => {
    const line = read({ operationName: null, operationKind: null, status: 400, errorCount: 1 });
    expect(line).toMatchObject({
      operation: null,
      kind: null,
      status: 400,
      errors: 1,
      msg: 'request (anonymous) 400 3ms',
    });
  });

  it('tells calls to different instances and with different ends apart', () => {
    const calls = [
      CALL,
      { ...CALL, instance: '[::1]:4002', attempts: 3 },
      { ...CALL, status: 503, errorCode: 'SUBGRAPH_HTTP_ERROR' },
      { ...CALL, subgraph: 'a"b', instance: null, status: null, errorCode: 'SUBGRAPH_UNREACHABLE' },
    ];
    const fields = calls.map(({ subgraph, instance, attempts, status, errorCode }) => {
      return { subgraph, instance, attempts, ms: 2.3, status, code: errorCode };
    });
    expect(read({ calls }).calls).toEqual(fields);
    expect(read({ calls }).calls).toEqual(fields);
  });

  it('stays right when there are more names than are kept', () => {
    for (let n = 0; n < 2_500; n++) expect(read({ operationName: `Q${n}` }).operation).toBe(`Q${n}`);
    expect(read({ operationName: 'Q0' })).toMatchObject({ operation: 'Q0', msg: 'query Q0 200 3ms' });
  });
});
