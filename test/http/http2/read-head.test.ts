import { readHead } from '../../../gateway/http/http2/read-head';

const ORDINARY = { ':method': 'GET', ':scheme': 'https', ':path': '/graphql?query={a}', ':authority': 'x:1' };

function read(more: Record<string, string | undefined> = {}, raw: readonly string[] = []) {
  const given = Object.fromEntries(Object.entries({ ...ORDINARY, ...more }).filter(([, value]) => value !== undefined));
  const head = readHead(given, raw);
  return 'line' in head ? `${head.line}: ${head.message}` : head;
}

describe('the head of a stream', () => {
  it('is that of a request by HTTP/1.1', () => {
    expect(read({ 'x-a': 'b', cookie: 'a; b' })).toEqual({
      method: 'GET',
      target: '/graphql?query={a}',
      headers: { host: 'x:1', 'x-a': 'b', cookie: 'a; b' },
    });
  });

  it.each([
    [{ ':authority': undefined, host: 'y' }, 'y'],
    [{ host: 'X:1' }, 'X:1'],
    [{ ':authority': '[::1]:4000' }, '[::1]:4000'],
  ])('names one host: %j', (more, host) => {
    expect(read(more)).toMatchObject({ headers: { host } });
  });

  it.each([
    [{ ':method': 'CONNECT' }, '400 Bad Request: this is no proxy'],
    [{ ':path': undefined }, '400 Bad Request: this is no proxy'],
    [{ ':scheme': 'ftp' }, '400 Bad Request: the scheme'],
    [{ ':scheme': undefined }, '400 Bad Request: the scheme'],
    [{ ':path': 'http://y/' }, '400 Bad Request: the path'],
    [{ ':path': '' }, '400 Bad Request: the path'],
    [{ ':path': '/a b' }, '400 Bad Request: the path'],
    [{ ':path': '/a#b' }, '400 Bad Request: the path'],
    [{ ':path': '/é' }, '400 Bad Request: the path'],
    [{ ':path': '/a\u0000' }, '400 Bad Request: the path'],
    [{ ':authority': 'user@x' }, '400 Bad Request: :authority must be a host'],
    [{ ':authority': 'x, y' }, '400 Bad Request: :authority must be a host'],
    [{ host: 'y' }, '400 Bad Request: :authority and the host header name different hosts'],
    [{ ':authority': undefined, host: 'a/b' }, '400 Bad Request: the host header must be'],
    [{ expect: 'more' }, '417 Expectation Failed: '],
  ])('is refused when it is in doubt: %j', (more, refusal) => {
    expect(read(more)).toEqual(expect.stringContaining(refusal));
  });

  it('is refused with two hosts, though they are equal, and with more than a thousand headers', () => {
    expect(read({ host: 'x:1' }, ['host', 'x:1', 'host', 'x:1'])).toMatch(/more than one host header/);
    expect(read({}, Array(2_002).fill('a'))).toMatch(/^431 .*more than 1000 headers/);
  });

  it.each(['/', '/graphql?a=%20&b="c"', '/~user/{id}|^`', '*'])('takes the path %s', (target) => {
    expect(read({ ':path': target })).toMatchObject({ target });
  });
});
