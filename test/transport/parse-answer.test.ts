import { parseAnswer } from '../../gateway/transport/parse-answer';

const parse = (text: string, status = 200) => parseAnswer('products', status, Buffer.from(text), 200);

function refusal(text: string, status = 200): unknown {
  try {
    return parse(text, status);
  } catch (error) {
    return error;
  }
}

describe('parseAnswer', () => {
  it('reads data and errors', () => {
    const text = '{"data":{"a":1},"errors":[{"message":"no","path":["a",0],"extensions":{"code":"X"}}]}';
    expect(parse(text)).toEqual({
      data: { a: 1 },
      errors: [{ message: 'no', path: ['a', 0], extensions: { code: 'X' } }],
      extensions: null,
      bytes: text.length,
    });
  });

  it('takes null for data or errors', () => {
    expect(parse('{"data":null,"errors":null}')).toEqual({ data: null, errors: [], extensions: null, bytes: 27 });
  });

  it('keeps extensions that are an object', () => {
    const extensionsOf = (extensions: string) => parse(`{"data":{},"extensions":${extensions}}`).extensions;
    expect(extensionsOf('{"cost":3}')).toEqual({ cost: 3 });
    expect([extensionsOf('null'), extensionsOf('[1]'), extensionsOf('"x"')]).toEqual([null, null, null]);
  });

  it('skips a byte order mark', () => {
    expect(parse('\ufeff{"data":{}}')).toEqual({ data: {}, errors: [], extensions: null, bytes: 14 });
  });

  it('repairs malformed errors', () => {
    const message = 'the subgraph reported an error without a message';
    const plain = { message, path: undefined, extensions: undefined };
    const text = '{"errors":[null,"x",{"message":7,"path":"a","extensions":[]},{"message":"m","path":[{}]}]}';
    expect(parse(text).errors).toEqual([plain, plain, plain, { ...plain, message: 'm' }]);
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"data":[]}',
    '{"data":7}',
    '{"data":{},"errors":{}}',
    '{"errors":"x"}',
    '<html>',
    '{"data":{',
  ])('refuses %p', (text) => {
    expect(refusal(text)).toMatchObject({
      code: 'SUBGRAPH_RESPONSE_INVALID',
      details: { service: 'products', status: 200 },
    });
  });

  it('takes a GraphQL answer with any status', () => {
    expect(parse('{"errors":[{"message":"no"}]}', 400).errors).toHaveLength(1);
    expect(parse('{"data":{"a":1}}', 500).data).toEqual({ a: 1 });
  });

  it.each(['{"data":null}', '{"errors":[]}', '{"error":"x"}', '<html>busy</html>', ''])(
    'refuses %p with status 502',
    (text) => {
      expect(refusal(text, 502)).toMatchObject({
        code: 'SUBGRAPH_HTTP_ERROR',
        details: { service: 'products', status: 502 },
      });
    },
  );

  it('refuses 100,000 levels', () => {
    const text = `{"data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    expect(refusal(text)).toMatchObject({ code: 'SUBGRAPH_RESPONSE_TOO_LARGE' });
  });

  it('drops keys that would set a prototype, however they are spelled', () => {
    const text = '{"data":{"a":[{"__proto__":{"x":1},"b":2}],"__pr\\u006fto__":{"y":1}}}';
    const copy = Object.assign({}, parse(text).data);
    expect(JSON.stringify(copy)).toBe('{"a":[{"b":2}]}');
    expect(copy).not.toHaveProperty('y');
  });

  it('keeps a key named constructor as data', () => {
    expect(JSON.stringify(parse('{"data":{"constructor":{"prototype":1}}}').data)).toBe(
      '{"constructor":{"prototype":1}}',
    );
  });
});
