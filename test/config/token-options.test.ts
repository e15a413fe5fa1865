import { configOf } from '../../gateway/config/object-config';

const CLIENT = { token_endpoint: 'https://idp.example.com/token', client_id: 'gw', client_secret: 's' };
const config = (auth: object, more: object = {}) =>
  configOf({
    supergraph: { source: 'registry' },
    subgraphs: { stock: { sources: { api: { url: 'http://127.0.0.1:1', auth, ...more } } } },
  } as never);

describe('tokens that calls show', () => {
  it('are either for the gateway or for clients', () => {
    expect(() => config({})).toThrow('expected either client_credentials or token_exchange');
    expect(() => config({ client_credentials: CLIENT, token_exchange: CLIENT })).toThrow('expected either');
    expect(() => config({ client_credentials: { ...CLIENT, scopes: ['a b'] } })).toThrow('without blanks');
    const { tokens, deduplicate } = config({ token_exchange: CLIENT }).optionsFor('stock', 'rest', {});
    expect(tokens?.api).toMatchObject({
      pool: { name: 'stock/api/tokens' },
      clientId: 'gw',
      audience: null,
      subject: { header: 'authorization', prefix: 'Bearer', type: 'urn:ietf:params:oauth:token-type:access_token' },
    });
    // Services are told apart by what is sent before the token is.
    expect(deduplicate).toBe(false);
    expect(config({ client_credentials: CLIENT }).optionsFor('stock', 'rest', {}).deduplicate).toBe(true);
  });

  it('of clients have no cache of answers beside them', () => {
    expect(() => config({ token_exchange: CLIENT }, { cache: { enabled: true } })).toThrow(
      /subgraphs\.stock\.sources\.api\.cache: each client is asked for with a token of its own/,
    );
    expect(() => config({ client_credentials: CLIENT }, { cache: { enabled: true } })).not.toThrow();
  });
});
