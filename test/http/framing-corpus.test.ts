import type { Route } from '../../gateway/http/route';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { RawSocket } from '../fixtures/raw-socket';

/** Bytes of a message that another server could take for a request of its own: nothing may run it. */
const HIDDEN = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n';
const LAST = 'GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

/** Begins a POST to /echo. */
const post = (headers: string, body = '') => `POST /echo HTTP/1.1\r\nhost: x\r\n${headers}\r\n${body}`;
const chunked = (body: string, more = '') => post(`transfer-encoding: chunked\r\n${more}`, body);

/** Requests whose end or target is in doubt (RFC 9112): refused with 400, and the connection ends. What Node does not take, it refuses itself. */
const REFUSED: Readonly<Record<string, string>> = {
  // 6.1 and 6.3: which of two lengths counts
  'content-length and chunks': post('content-length: 4\r\ntransfer-encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'chunks and content-length': post('transfer-encoding: chunked\r\ncontent-length: 4\r\n', `0\r\n\r\n${HIDDEN}`),
  'content-length and another coding': post('content-length: 4\r\ntransfer-encoding: identity\r\n', `abcd${HIDDEN}`),
  'two lengths that differ': post('content-length: 4\r\ncontent-length: 5\r\n', `abcd${HIDDEN}`),
  'a list of lengths that differ': post('content-length: 4, 5\r\n', `abcd${HIDDEN}`),
  'a list of equal lengths': post('content-length: 4, 4\r\n', `abcd${HIDDEN}`),
  'two equal lengths': post('content-length: 4\r\ncontent-length: 4\r\n', `abcd${HIDDEN}`),
  'a length with a sign': post('content-length: +4\r\n', `abcd${HIDDEN}`),
  'a negative length': post('content-length: -4\r\n', `abcd${HIDDEN}`),
  'a length in hexadecimal': post('content-length: 0x4\r\n', `abcd${HIDDEN}`),
  'a length with a point': post('content-length: 4.0\r\n', `abcd${HIDDEN}`),
  'a length with a blank in it': post('content-length: 1 0\r\n', `abcdefghij${HIDDEN}`),
  'a length in quotes': post('content-length: "4"\r\n', `abcd${HIDDEN}`),
  'no length at all': post('content-length:\r\n', HIDDEN),
  'a length that is a word': post('content-length: four\r\n', `abcd${HIDDEN}`),
  'a length beyond 64 bits': post('content-length: 18446744073709551620\r\n', `abcd${HIDDEN}`),
  'a length with an underscore': post('content-length: 1_0\r\n', `abcd${HIDDEN}`),
  // 6.1: codings
  'another coding': post('transfer-encoding: gzip\r\n', HIDDEN),
  'a coding that is nearly chunked': post('transfer-encoding: xchunked\r\n', HIDDEN),
  'a coding with a tab in it': post('transfer-encoding: chun\tked\r\n', HIDDEN),
  'a coding in quotes': post('transfer-encoding: "chunked"\r\n', HIDDEN),
  'a coding with a parameter': post('transfer-encoding: chunked;q=1\r\n', `0\r\n\r\n${HIDDEN}`),
  identity: post('transfer-encoding: identity\r\n', HIDDEN),
  'identity before chunks': post('transfer-encoding: identity, chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'chunks before something else': post('transfer-encoding: chunked, gzip\r\n', HIDDEN),
  'chunks twice': post('transfer-encoding: chunked, chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'two headers of codings': post('transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n', `0\r\n\r\n${HIDDEN}`),
  'two headers of codings, the other way': post(
    'transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n',
    `0\r\n\r\n${HIDDEN}`,
  ),
  'an empty coding': post('transfer-encoding:\r\n', HIDDEN),
  'a comma for a coding': post('transfer-encoding: ,\r\n', HIDDEN),
  'chunks in HTTP/1.0': `POST /echo HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  // 5: header lines
  'a blank before the colon': post('content-length : 4\r\n', `abcd${HIDDEN}`),
  'a blank before the colon of a coding': post('transfer-encoding : chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'a tab before the colon': post('content-length\t: 4\r\n', `abcd${HIDDEN}`),
  'a line that is folded': post('x-a: b\r\n content-length: 4\r\n', HIDDEN),
  'a coding that is folded': post('transfer-encoding:\r\n chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'a first line that begins with a blank': 'POST /echo HTTP/1.1\r\n host: x\r\n\r\n',
  'a line without a colon': post('content-length\r\n', HIDDEN),
  'a line without a name': post(': 4\r\n', HIDDEN),
  'a name with a blank in it': post('content length: 4\r\n', HIDDEN),
  'a name that is no token': post('content(length): 4\r\n', HIDDEN),
  'a name beyond ASCII': post('content-l\u00e9ngth: 4\r\n', HIDDEN),
  'a zero in a value': post('x-a: a\0b\r\n', HIDDEN),
  'a zero in a name': post('x-\0a: b\r\n', HIDDEN),
  'a bell in a value': post('x-a: a\x07b\r\n', HIDDEN),
  'a carriage return in a value': post('x-a: a\rb\r\n', HIDDEN),
  'a carriage return that hides a header': post('x-a: b\rcontent-length: 4\r\n', HIDDEN),
  'lines that end with a line feed only': `POST /echo HTTP/1.1\nhost: x\ncontent-length: 4\n\nabcd${HIDDEN}`,
  'one line that ends with a line feed only': `POST /echo HTTP/1.1\r\nhost: x\nx-a: b\r\n\r\n${HIDDEN}`,
  'a head that ends with a line feed only': `POST /echo HTTP/1.1\r\nhost: x\r\n\n${HIDDEN}`,
  // 7.1: chunks
  'a size that is no number': chunked(`zz\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'an empty size': chunked(`\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size with a prefix': chunked(`0x4\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size with a sign': chunked(`+4\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a negative size': chunked(`-4\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size with a blank before it': chunked(` 4\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size with a blank behind it': chunked(`4 \r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size beyond 64 bits': chunked(`10000000000000004\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size that ends with a line feed only': chunked(`4\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a size that ends with a carriage return only': chunked(`4\rabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk that is longer than its size': chunked(`4\r\nabcde\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk that is shorter than its size': chunked(`4\r\nabc\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk that ends with a line feed only': chunked(`4\r\nabcd\n0\r\n\r\n${HIDDEN}`),
  'an extension with a line feed': chunked(`4;a=b\nx\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'an extension with a carriage return': chunked(`4;a\rb\r\nabcd\r\n0\r\n\r\n${HIDDEN}`),
  'a trailer that is no header': chunked(`4\r\nabcd\r\n0\r\nno header\r\n\r\n${HIDDEN}`),
  'a trailer with a blank before the colon': chunked(`4\r\nabcd\r\n0\r\nx-a : b\r\n\r\n${HIDDEN}`),
  'a trailer that would be a length': chunked(`4\r\nabcd\r\n0\r\ncontent-length: 50\r\n\r\n${HIDDEN}`),
  // 3: request lines and hosts
  'a tab for a blank': `GET\t/hidden\tHTTP/1.1\r\nhost: x\r\n\r\n`,
  'a blank in the target': `GET /hid den HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a version in lower case': `GET /hidden http/1.1\r\nhost: x\r\n\r\n`,
  'a method that nobody knows': `HIDE /hidden HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a method in lower case': `get /hidden HTTP/1.1\r\nhost: x\r\n\r\n`,
  'no host': `GET /hidden HTTP/1.1\r\n\r\n`,
  'two hosts': `GET /hidden HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n`,
  'two equal hosts': `GET /hidden HTTP/1.1\r\nhost: x\r\nhost: x\r\n\r\n`,
  'a list of hosts': `GET /hidden HTTP/1.1\r\nhost: x, y\r\n\r\n`,
  'a host with user information': `GET /hidden HTTP/1.1\r\nhost: a@x\r\n\r\n`,
  'a host with a path': `GET /hidden HTTP/1.1\r\nhost: x/y\r\n\r\n`,
  'a host with a blank': `GET /hidden HTTP/1.1\r\nhost: x y\r\n\r\n`,
  'a target of another host': `GET http://y/hidden HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a target with user information': `GET http://a@x/hidden HTTP/1.1\r\nhost: x\r\n\r\n`,
};

/** Requests that look odd and have one meaning only; the last of each connection is answered. */
const ANSWERED: Readonly<Record<string, readonly [sent: string, body: string]>> = {
  'a body of a length': [post('content-length: 4\r\n', 'abcd'), 'abcd'],
  'a length with zeros before it': [post('content-length: 004\r\n', 'abcd'), 'abcd'],
  'a length with blanks around it': [post('content-length: \t4 \r\n', 'abcd'), 'abcd'],
  'a length of nothing': [post('content-length: 0\r\n'), ''],
  'no length: no body': [post(''), ''],
  'a body that looks like a request': [post(`content-length: ${HIDDEN.length}\r\n`, HIDDEN), HIDDEN],
  chunks: [chunked('4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n'), 'abcdef'],
  'chunks in capitals': [post('Transfer-Encoding: CHUNKED\r\n', '4\r\nabcd\r\n0\r\n\r\n'), 'abcd'],
  'a size in capitals': [chunked('A\r\nabcdefghij\r\n0\r\n\r\n'), 'abcdefghij'],
  'a size with zeros before it': [chunked('0004\r\nabcd\r\n0\r\n\r\n'), 'abcd'],
  'an extension': [chunked('4;a=b\r\nabcd\r\n0\r\n\r\n'), 'abcd'],
  'an extension in quotes': [chunked('4;a="b c"\r\nabcd\r\n0\r\n\r\n'), 'abcd'],
  'a chunk that looks like a request': [chunked(`${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`), HIDDEN],
  'a chunk that looks like the last one': [chunked('5\r\n0\r\n\r\n\r\n0\r\n\r\n'), '0\r\n\r\n'],
  trailers: [chunked('4\r\nabcd\r\n0\r\nx-a: b\r\n\r\n'), 'abcd'],
  'a trailer that would be a host': [chunked('4\r\nabcd\r\n0\r\nhost: y\r\n\r\n'), 'abcd'],
  'empty lines in front': [`\r\n\r\n${post('content-length: 4\r\n', 'abcd')}`, 'abcd'],
  'an absolute target': [post('content-length: 4\r\n', 'abcd').replace('/echo', 'http://X/echo'), 'abcd'],
  'a header that is empty': [post('x-a:\r\ncontent-length: 4\r\n', 'abcd'), 'abcd'],
  'a header beyond ASCII': [post('x-a: \u00e9\r\ncontent-length: 4\r\n', 'abcd'), 'abcd'],
};

describe('the framing of requests (RFC 9112)', () => {
  let server: HttpServer;
  let port: number;
  let hidden = 0;

  beforeAll(async () => {
    const routes: readonly Route[] = [
      { method: 'POST', path: '/echo', handle: async (request) => ({ status: 200, body: await request.text() }) },
      {
        method: 'GET',
        path: '/hidden',
        handle: () => {
          hidden += 1;
          return { status: 200 };
        },
      },
      { method: 'GET', path: '/last', handle: () => ({ status: 200, body: 'last' }) },
    ];
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(routes, null, null),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
    });
    ({ port } = await server.listen());
  });
  afterAll(() => server.close());

  /** Everything that comes back, however the bytes arrive. */
  async function ask(sent: string, isSplit: boolean): Promise<string> {
    const client = await RawSocket.open(port);
    if (!isSplit) client.send(sent);
    else
      for (let at = 0; at < sent.length; at += 7) {
        client.send(sent.slice(at, at + 7));
        if (at % 70 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    return client.untilClosed();
  }

  const answers = (received: string) => received.split(/(?=HTTP\/1\.1 \d{3} )/);
  const statuses = (received: string) => answers(received).map((answer) => answer.slice(9, 12));
  const body = (answer = '') => answer.slice(answer.indexOf('\r\n\r\n') + 4);

  it.each(Object.entries(REFUSED))('refuses %s, and runs nothing behind it', async (_, sent) => {
    for (const isSplit of [false, true]) {
      hidden = 0;
      const received = await ask(sent + LAST, isSplit);
      // Whoever goes on sending may find the connection reset, and not the answer.
      if (isSplit) expect(['400', '']).toContain(statuses(received).join());
      else {
        expect(statuses(received)).toEqual(['400']);
        expect(received.toLowerCase()).toContain('connection: close');
      }
      expect(hidden).toBe(0);
    }
  });

  it.each(Object.entries(ANSWERED))('answers %s, and what follows', async (_, [sent, expected]) => {
    for (const isSplit of [false, true]) {
      hidden = 0;
      const received = await ask(sent + LAST, isSplit);
      expect(statuses(received)).toEqual(['200', '200']);
      expect(answers(received).map(body)).toEqual([expected, 'last']);
      expect(hidden).toBe(0);
    }
  });

  it('has as many cases as it says', () => {
    expect([Object.keys(REFUSED).length, Object.keys(ANSWERED).length]).toEqual([82, 20]);
  });
});
