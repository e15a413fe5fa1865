import { ReceivedCall } from '../gateway/call';
import { Facts } from '../gateway/facts';
import { claimFact, IDENTITY, type Identity } from '../gateway/identity';
import { compileReads, NO_READS } from '../gateway/transport/reads';

function identity(key: string, claims: Identity['claims']): Identity {
  return { type: 'jwt', claims, scopes: new Set(), expiresAt: null, key };
}

function factsOf(key: string, claims: Identity['claims']): Facts {
  const { facts } = new ReceivedCall({});
  facts.put(IDENTITY, identity(key, claims));
  return facts;
}

describe('a claim as a fact', () => {
  const sub = claimFact('sub');
  const look = compileReads({ ...NO_READS, facts: [sub as never] });
  const seen = (key: string, claims: Identity['claims']) => look({ headers: {}, facts: factsOf(key, claims) });

  it('is what shared work sees of an identity, and nothing else of it', () => {
    const { facts } = seen('a', { sub: 'ada', role: 'admin' });
    expect(facts.get(sub)).toBe('ada');
    expect(facts.get(IDENTITY)).toBeUndefined();
    expect(facts.get(claimFact('role'))).toBeUndefined();
  });

  it('lets calls of which it is equal share, whoever they are', () => {
    expect(seen('a', { sub: 'ada', iat: 1 }).key).toBe(seen('b', { sub: 'ada', iat: 2 }).key);
    expect(seen('a', { sub: 'ada' }).key).not.toBe(seen('b', { sub: 'bob' }).key);
  });

  it('is one and the same for all who name the claim', () => {
    expect(claimFact('sub')).toBe(sub);
    expect(claimFact('role')).not.toBe(sub);
    expect(seen('a', { sub: 'ada' }).facts.get(claimFact('sub'))).toBe('ada');
  });

  it('tells a value from its text, and absence from each of them', () => {
    const keys = [{ sub: 1 }, { sub: '1' }, { sub: null }, { sub: 'null' }, { sub: ['1'] }, {}].map(
      (claims) => seen('a', claims).key,
    );
    expect(new Set([...keys, look({ headers: {}, facts: new Facts() }).key]).size).toBe(6);
  });

  it('is not there for what every object has', () => {
    const inherited = claimFact('constructor');
    expect(factsOf('a', {}).get(inherited)).toBeUndefined();
  });
});
