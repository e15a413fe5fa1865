import type { Fact } from './facts';

/** Whoever asks, as a credential of theirs has proved it. */
export interface Identity {
  /** The kind of credential. */
  readonly type: 'jwt' | 'introspection' | 'api_key' | 'mtls';
  /** What the credential says; JSON values. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970; null: it does not end. */
  readonly expiresAt: number | null;
  /** Equal for equal identities only; nothing of a secret can be read from it. */
  readonly key: string;
}

/** The one that a call was authenticated as. Absent: nobody said who asks. */
export const IDENTITY: Fact<Identity> = { name: 'identity', keyOf: ({ key }) => key };

/**
 * The value of one claim: for whoever reads no more of an identity than that, so that calls of which it is equal share work.
 * Absent without an identity, and where that has no such claim.
 */
export function claimFact(name: string): Fact<unknown> {
  const known = interned.get(name)?.deref();
  if (known !== undefined) return known;
  const fact = makeClaimFact(name);
  interned.set(name, new WeakRef(fact));
  gone.register(fact, name);
  return fact;
}

/** The fact of each claim that somebody has: who reads one finds what was declared by another. Claims are named by configurations. */
const interned = new Map<string, WeakRef<Fact<unknown>>>();
const gone = new FinalizationRegistry<string>((name) => {
  if (interned.get(name)?.deref() === undefined) interned.delete(name);
});

function makeClaimFact(name: string): Fact<unknown> {
  return {
    name: `claim ${name}`,
    keyOf: (value) => JSON.stringify(value),
    of: ({ facts }) => {
      const claims = facts.get(IDENTITY)?.claims;
      return claims !== undefined && Object.hasOwn(claims, name) ? claims[name] : undefined;
    },
  };
}
