import { type HttpMessage, HttpMessageReader } from './http-messages';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}';
const CHUNKED =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\n{"a\r\n4\r\n":1}\r\n0\r\nx-trailer: 1\r\n\r\n';
const REQUEST = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n';

function read(pieces: readonly string[], keepBodies = true): HttpMessage[] {
  const messages: HttpMessage[] = [];
  const reader = new HttpMessageReader((message) => messages.push(message), { keepBodies });
  for (const piece of pieces) reader.push(Buffer.from(piece, 'latin1'));
  return messages;
}

const bodies = (messages: readonly HttpMessage[]) => messages.map(({ body }) => body);

describe('HTTP messages', () => {
  it('end after the announced length', () => {
    expect(read([ANSWER])).toEqual([{ head: 'HTTP/1.1 200 OK\r\nContent-Length: 7', body: '{"a":1}', bodyLength: 7 }]);
  });

  it('are put together from chunks', () => {
    expect(read([CHUNKED])).toMatchObject([{ body: '{"a":1}', bodyLength: 7 }]);
  });

  it('follow one another', () => {
    expect(bodies(read([ANSWER + CHUNKED + REQUEST + ANSWER]))).toEqual(['{"a":1}', '{"a":1}', '', '{"a":1}']);
  });

  it('may be cut anywhere', () => {
    const bytes = CHUNKED + ANSWER + CHUNKED;
    expect(bodies(read([...bytes]))).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(bodies(read([bytes.slice(0, at), bytes.slice(at)]))).toHaveLength(3);
    }
  });

  it('may be empty', () => {
    expect(read(['HTTP/1.1 204 \r\ncontent-length: 0\r\n\r\n', REQUEST])).toHaveLength(2);
  });

  it('are measured without being kept', () => {
    expect(read([CHUNKED], false)).toMatchObject([{ body: '', bodyLength: 7 }]);
  });

  it('are refused when their length is unknown or their head endless', () => {
    expect(() => read(['HTTP/1.1 200 OK\r\n\r\n'])).toThrow('without a length');
    expect(() => read(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'])).toThrow(
      'size of an HTTP chunk',
    );
    expect(() => read(['x'.repeat(70_000)])).toThrow('larger than 64 kB');
  });
});
