import type { PoolOptions } from '../../gateway/pool/options';
import { GRAPHQL_POOL, type SubgraphOptions } from '../../gateway/transport/options';
import { compileShareKey, shareKeys } from '../../gateway/transport/share-key';
import { subgraphOptions } from '../fixtures/federation';
import { poolOptions } from '../fixtures/pool-options';

function subgraph(options: Partial<SubgraphOptions>): SubgraphOptions {
  return { ...subgraphOptions('products', 'http://127.0.0.1:1/'), ...options };
}

const PROPAGATE = { kind: 'propagate', named: 'Authorization', rename: null, default: null } as const;

describe('the share key', () => {
  it('is the same for all where no header is read', () => {
    const key = compileShareKey([subgraph({})]);
    expect(key?.({ authorization: 'a' })).toBe(key?.({ authorization: 'b' }));
  });

  it('tells apart the values of headers that are forwarded, and no others', () => {
    const key = compileShareKey([subgraph({}), subgraph({ requestHeaders: [PROPAGATE] })]);
    expect(key?.({ authorization: 'a' })).not.toBe(key?.({ authorization: 'b' }));
    expect(key?.({ authorization: 'a', 'x-other': '1' })).toBe(key?.({ authorization: 'a', 'x-other': '2' }));
  });

  it('tells apart by every header where a pattern or a REST mapping may read any', () => {
    const rules = [{ kind: 'propagate-matching', matching: /^x-/ }] as const;
    for (const options of [{ requestHeaders: rules }, { kind: 'rest' as const }]) {
      const key = compileShareKey([subgraph(options)]);
      expect(key?.({ 'x-other': '1' })).not.toBe(key?.({ 'x-other': '2' }));
    }
  });

  it('tells apart by the headers that choose an instance, of every subgraph and source', () => {
    const hashed = (header: string, policy: PoolOptions['policy'] = 'hash') => ({
      [GRAPHQL_POOL]: poolOptions([], { policy, hashHeader: header }),
    });
    const key = compileShareKey([
      subgraph({ pools: hashed('x-tenant') }),
      subgraph({ pools: hashed('x-user') }),
      subgraph({ pools: hashed('x-unused', 'adaptive') }),
    ]);
    expect(key?.({ 'x-tenant': 'a' })).not.toBe(key?.({ 'x-tenant': 'b' }));
    expect(key?.({ 'x-user': 'a' })).not.toBe(key?.({ 'x-user': 'b' }));
    expect(key?.({ 'x-tenant': 'a' })).not.toBe(key?.({}));
    expect(key?.({ 'x-tenant': 'a' })).not.toBe(key?.({ 'x-user': 'a' }));
    expect(key?.({ 'x-unused': 'a' })).toBe(key?.({ 'x-unused': 'b' }));
  });

  it('does not exist where headers of answers go to the client', () => {
    const responseHeaders = [{ named: 'set-cookie', algorithm: 'append' }] as const;
    expect(compileShareKey([subgraph({ responseHeaders })])).toBeNull();
  });

  it('of an operation is about the subgraphs that it asks', () => {
    const keys = shareKeys([
      subgraph({ name: 'plain' }),
      subgraph({ name: 'rest', kind: 'rest' }),
      subgraph({ name: 'cookies', responseHeaders: [{ named: 'set-cookie', algorithm: 'append' }] }),
      subgraph({ name: 'forwarding', requestHeaders: [PROPAGATE] }),
    ]);
    const tellsApart = (names: string[], one: object, other: object) => {
      const key = keys(new Set(names));
      return key === null ? null : key({ ...one }) !== key({ ...other });
    };
    const traces = [{ traceparent: '1' }, { traceparent: '2' }] as const;
    const tokens = [{ authorization: '1' }, { authorization: '2' }] as const;
    expect(tellsApart(['plain'], ...traces)).toBe(false);
    expect(tellsApart([], ...traces)).toBe(false);
    expect(tellsApart(['plain', 'forwarding'], ...traces)).toBe(false);
    expect(tellsApart(['plain', 'forwarding'], ...tokens)).toBe(true);
    expect(tellsApart(['plain', 'rest'], ...traces)).toBe(true);
    expect(tellsApart(['plain', 'cookies'], ...traces)).toBeNull();
    // One that the host's own code asks.
    expect(tellsApart(['plain', 'unknown'], ...traces)).toBeNull();
  });
});
