import { ReceivedCall } from '../../gateway/call';
import { Flight } from '../../gateway/flight';
import { IDENTITY } from '../../gateway/identity';
import { createPool } from '../../gateway/pool/instance-pool';
import type { RoutingRule } from '../../gateway/transport/options';
import { compileReads } from '../../gateway/transport/reads';
import { compileRouting } from '../../gateway/transport/routing/routing';
import { poolOptions, query } from '../fixtures/pool-options';

const V2 = { version: 'v2' };

function rule(changes: Partial<RoutingRule> = {}): RoutingRule {
  return { name: 'canary', when: null, percent: null, sticky: null, tags: V2, fallback: true, ...changes };
}

/** What a flight sees of calls, and where its fetches go. */
function routed(rules: readonly RoutingRule[], random: () => number = () => 0.5) {
  const routing = compileRouting({ name: 'products', routing: rules }, random);
  if (routing === null) throw new Error('there are no rules');
  const look = compileReads(routing.reads);
  return (headers: Record<string, string> = {}, claims: Record<string, unknown> | null = null) => {
    const call = new ReceivedCall(headers);
    if (claims !== null) {
      const key = JSON.stringify(claims);
      call.facts.put(IDENTITY, { type: 'jwt', claims, scopes: new Set<string>(), expiresAt: null, key });
    }
    const sight = look(call);
    const flight = new Flight(sight, { id: '', startedAt: 0 }, 1_000);
    return { key: sight.key, headers: sight.headers, to: routing.instancesFor(flight)?.text ?? 'any' };
  };
}

describe('rules about instances', () => {
  it('are none where there are none', () => {
    expect(compileRouting({ name: 'products' })).toBeNull();
    expect(compileRouting({ name: 'products', routing: [] })).toBeNull();
  });

  it('decide by the first that matches', () => {
    const to = routed([
      rule({ when: 'request.headers["x-canary"] == "1"' }),
      rule({ when: 'request.auth.claims.tenant == "acme"', tags: { provider: 'aws' } }),
      rule({ when: 'request.headers["x-old"] == "1"', tags: { version: 'v1' } }),
    ]);
    expect(to({ 'x-canary': '1', 'x-old': '1' }).to).toBe('version=v2');
    expect(to({ 'x-old': '1' }, { tenant: 'acme' }).to).toBe('provider=aws');
    expect(to({ 'x-old': '1' }).to).toBe('version=v1');
    expect(to().to).toBe('any');
  });

  it('do not match where a condition has no value', () => {
    const to = routed([rule({ when: 'request.auth.claims.beta' })]);
    expect(to().to).toBe('any');
    expect(to({}, { beta: 'yes' }).to).toBe('any');
    expect(to({}, { beta: true }).to).toBe('version=v2');
  });

  it('let calls that go to the same instances share their work, whatever else differs', () => {
    const to = routed([rule({ when: 'request.headers["x-user"].startsWith("a")' })]);
    const [anna, adam, bert, nobody] = [
      to({ 'x-user': 'anna' }),
      to({ 'x-user': 'adam' }),
      to({ 'x-user': 'b' }),
      to(),
    ];
    expect(anna.key).toBe(adam.key);
    expect(bert.key).toBe(nobody.key);
    expect(anna.key).not.toBe(bert.key);
    expect(anna.headers).toEqual({});
  });

  it('take a share by chance, drawn once for each call', () => {
    let drawn = 0;
    const to = routed([rule({ percent: 5 })], () => {
      drawn += 1;
      return drawn % 20 === 0 ? 0.049 : 0.05;
    });
    const all = Array.from({ length: 40 }, () => to());
    expect(drawn).toBe(40);
    expect(all.filter(({ to: where }) => where === 'version=v2')).toHaveLength(2);
    expect(new Set(all.map(({ key }) => key)).size).toBe(2);
  });

  it.each([
    [0, 0],
    [100, 200],
  ])('take %d %% of all', (percent, count) => {
    const to = routed([rule({ percent })], () => 0.999);
    const all = Array.from({ length: 200 }, () => to().to);
    expect(all.filter((where) => where === 'version=v2')).toHaveLength(count);
  });

  it('keep who is in a share, also when it grows', () => {
    const users = Array.from({ length: 2_000 }, (_, n) => `user-${n}`);
    const inShare = (percent: number) => {
      const never = () => {
        throw new Error('nothing is left to chance');
      };
      const to = routed([rule({ percent, sticky: 'request.auth.claims.sub' })], never);
      return users.filter((sub) => to({}, { sub }).to === 'version=v2');
    };
    const [five, again, twenty] = [inShare(5), inShare(5), new Set(inShare(20))];
    expect(five).toEqual(again);
    expect(five.every((user) => twenty.has(user))).toBe(true);
    expect(Math.abs(five.length - 100)).toBeLessThan(30);
    expect(Math.abs(twenty.size - 400)).toBeLessThan(60);
  });

  it.each([[null], [{ sub: null }], [{ sub: '' }]])(
    'leave a share to chance for clients without a key: %j',
    (claims) => {
      const rules = [rule({ percent: 5, sticky: 'request.auth.claims.sub' })];
      expect(routed(rules, () => 0.01)({}, claims).to).toBe('version=v2');
      expect(routed(rules, () => 0.9)({}, claims).to).toBe('any');
    },
  );

  it('draw by values that are no text as well', () => {
    const to = routed([rule({ percent: 50, sticky: 'request.auth.claims.tenant' })], () => Number.NaN);
    const all = Array.from({ length: 40 }, (_, id) => to({}, { tenant: { id } }).to);
    expect(new Set(all).size).toBe(2);
  });

  it('of copies keep nobody apart, and say once for each call where one goes', () => {
    let drawn = 0;
    const random = () => {
      drawn += 1;
      return drawn % 2 === 0 ? 0 : 0.9;
    };
    const mirrors = [rule({ percent: 50 }), rule({ tags: { version: 'v3' } })];
    const routing = compileRouting({ name: 'products', mirrors }, random);
    if (routing === null) throw new Error('there are no rules');
    const sights = Array.from({ length: 4 }, () => compileReads(routing.reads)(new ReceivedCall({})));
    expect(new Set(sights.map(({ key }) => key)).size).toBe(1);
    const copies: unknown[] = [];
    const pool = createPool(poolOptions([]));
    jest.spyOn(pool, 'mirror').mockImplementation(({ tags, timeoutMs }) => copies.push([tags.version, timeoutMs]));
    for (const sight of sights) {
      const flight = new Flight(sight, { id: '', startedAt: 0 }, 1_000);
      for (const _twice of [1, 2]) routing.mirror(pool, query({ attemptTimeoutMs: 7 }), flight);
      expect(routing.instancesFor(flight)).toBeNull();
    }
    expect(copies).toEqual(['v3', 'v3', 'v2', 'v2', 'v3', 'v3', 'v2', 'v2'].map((version) => [version, 7]));
    expect(drawn).toBe(4);
  });

  it('know the operation', () => {
    const routing = compileRouting({ name: 'products', routing: [rule({ when: 'operation.name == "Checkout"' })] });
    const call = new ReceivedCall({});
    const reads = routing?.reads.facts ?? [];
    expect(reads.map((fact) => call.facts.get(fact))).toEqual([-1]);
    call.operation = { name: 'Checkout', kind: 'query' };
    expect(reads.map((fact) => call.facts.get(fact))).toEqual([0]);
  });
});
