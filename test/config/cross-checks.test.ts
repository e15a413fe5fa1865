import { crossFindings } from '../../gateway/config/cross-checks';
import { settingsSchema } from '../../gateway/config/settings';
import { testCertificate } from '../fixtures/test-certificate';

function findings(given: unknown): [string, string][] {
  return crossFindings(settingsSchema.parse(given)).map(({ path, message }) => [path.join('.'), message]);
}

const url = 'http://127.0.0.1:4001/graphql';
const schema = { file: './a.graphql' };

describe('crossFindings', () => {
  it.each(['0.0.0.0:4400', '[::]:4400', '10.0.0.1:4400'])('wants a token for an admin listener on %s', (listen) => {
    expect(findings({ admin: { listen } })[0]?.[0]).toBe('admin.token');
    expect(findings({ admin: { listen, token: 'abc' } })).toEqual([]);
  });

  it.each(['127.0.0.1:4400', '[::1]:4400', 'localhost:4400', ':4400'])('wants none on %s', (listen) => {
    expect(findings({ admin: { listen } })).toEqual([]);
  });

  it('refuses one address for both listeners', () => {
    expect(findings({ admin: { listen: 4000 } })).toEqual([
      ['admin.listen', '127.0.0.1:4000 is taken by server.listen; choose another port'],
    ]);
    expect(findings({ server: { listen: 0 }, admin: { listen: 0 } })).toEqual([]);
  });

  it('wants TLS for HTTP/2 that is chosen in a handshake, and none for HTTP/2 without it', () => {
    expect(findings({ server: { http2: true } })).toEqual([
      ['server.http2', expect.stringContaining('server.h2c: true')],
    ]);
    const tls = { cert: '-----BEGIN CERTIFICATE-----', key: '-----BEGIN PRIVATE KEY-----' };
    expect(findings({ server: { h2c: true, tls } })).toEqual([['server.h2c', expect.stringContaining('server.http2')]]);
    expect(findings({ server: { http2: true, tls } })).toEqual([]);
  });

  it('wants the path of a supergraph that comes from a file', () => {
    expect(findings({ supergraph: { source: 'file' } })[0]?.[0]).toBe('supergraph.path');
    expect(findings({ supergraph: { path: './a.graphql' } })).toEqual([]);
  });

  it.each([
    ['subgraphs to compose', { supergraph: { source: 'subgraphs' } }, 'supergraph.source'],
    ['the schema of each', { subgraphs: { a: { url } } }, 'subgraphs.a'],
    ['an instance of each', { subgraphs: { a: { schema } } }, 'subgraphs.a'],
    [
      'an instance of each REST source',
      { subgraphs: { a: { rest: './a', sources: { api: {} } } } },
      'subgraphs.a.sources.api',
    ],
    [
      'somebody to introspect',
      { subgraphs: { a: { schema: { introspect: true }, discovery: { dns: 'a:1' } } } },
      'subgraphs.a',
    ],
  ])('wants %s', (_, given, path) => {
    expect(findings(given).map(([where]) => where)).toEqual([path]);
  });

  it.each([
    { subgraphs: { a: { schema, discovery: { dns: 'a:1' } } } },
    { subgraphs: { a: { rest: './a', sources: { api: { discovery: { registry: true } } } } } },
  ])('leaves instances to discovery: %j', (given) => {
    expect(findings(given)).toEqual([]);
  });

  it('leaves instances to a registry or a supergraph file', () => {
    expect(findings({ supergraph: { source: 'registry' }, subgraphs: { a: {} } })).toEqual([]);
  });

  it('names the subgraph that a scope meant', () => {
    const given = {
      subgraphs: { products: { schema, url } },
      traffic_shaping: { subgraphs: { prodcts: { timeout: '1s' } } },
      headers: { subgraphs: { reviews: {} } },
    };
    expect(findings(given)).toEqual([
      ['traffic_shaping.subgraphs.prodcts', 'no such subgraph; did you mean products?'],
      ['headers.subgraphs.reviews', 'no such subgraph; known are products'],
    ]);
  });
});

describe('settingsSchema', () => {
  const problem = (given: unknown) => settingsSchema.safeParse(given).error?.issues[0]?.message;

  it.each([
    [{ url, instances: [{ url }] }, 'url and instances exclude each other; keep one'],
    [{ instances: [{ url }, { url }] }, `${url} is listed twice`],
    [{ url: 'not a url' }, 'expected a URL such as http://127.0.0.1:4001/graphql, found "not a url"'],
    [{ url: 'file:///etc/passwd' }, 'expected an http or https URL, found file:'],
    [{ url: 'http://me:secret@host/' }, 'a URL holds no credentials; send them with a header rule'],
    [{ rest: './a', schema }, 'a REST subgraph has no schema; rest names its SDL'],
    [{ rest: './a', url }, 'a REST subgraph has no url; its instances stand under sources.<name>'],
    [{ schema: {} }, 'expected either file or introspect: true'],
    [{ discovery: { dns: 'a:1', dns_srv: 'b' } }, 'expected one of dns, dns_srv, kubernetes, registry'],
    [{ discovery: { scheme: 'https' } }, 'expected one of dns, dns_srv, kubernetes, registry'],
    [{ discovery: { dns: 'products.internal' } }, 'expected host:port, e.g. products.internal:4001'],
    [{ discovery: { dns: 'a:70000' } }, 'expected host:port, e.g. products.internal:4001'],
    [{ discovery: { dns_srv: 'a b' } }, 'expected a name such as _graphql._tcp.products.internal'],
    [{ discovery: { kubernetes: { service: 'A_b' } } }, 'expected lower-case letters, digits and -'],
    [{ discovery: { dns: 'a:1', path: 'graphql' } }, 'expected a path such as /graphql'],
  ])('refuses the subgraph %j', (subgraph, message) => {
    expect(problem({ subgraphs: { a: subgraph } })).toBe(message);
  });

  it.each([
    [
      { propagate: { named: 'Connection' } },
      'connection belongs to one connection or to the body, and cannot be passed on',
    ],
    [
      { insert: { name: 'content-length', value: '1' } },
      'content-length belongs to one connection or to the body, and cannot be passed on',
    ],
    [
      { propagate: { named: 'x', rename: 'host' } },
      'host belongs to one connection or to the body, and cannot be passed on',
    ],
    [{ insert: { name: 'x', value: 'a\r\nb: c' } }, 'a header value is one line of Latin-1 text'],
    [{ insert: { name: 'x y', value: 'a' } }, 'expected a header name'],
    [{ propagate: { matching: '(' } }, 'Invalid regular expression: /(/i: Unterminated group'],
    [{ propagate: { named: 'a', matching: 'b' } }, 'expected one of named, matching'],
    [{ propagate: { matching: 'a', rename: 'b' } }, 'rename and default go with named, not with matching'],
    [{ propagate: { named: 'a' }, remove: { named: 'a' } }, 'expected one of propagate, insert, remove'],
  ])('refuses the header rule %j', (rule, message) => {
    expect(problem({ headers: { all: { request: [rule] } } })).toBe(message);
  });

  it('refuses half of a key pair, and a key that is not the certificate’s', () => {
    const { cert, key } = testCertificate;
    const withTls = (tls: unknown) => problem({ traffic_shaping: { all: { tls } } });
    expect(withTls({ cert, key })).toBeUndefined();
    expect(withTls({ cert })).toBe('cert and key go together');
    expect(withTls({ cert: key, key: cert })).toContain('these certificates cannot be used');
  });
});
