import type { Compact } from './compact';
import { loadJose } from './jose';
import type { VerificationKey } from './verification-key';

/** Each key that may be meant by a token without a name of one costs a verification. */
const TRIES_MAX = 8;

/** Which of these keys a token may have been signed with: the one that it names, or those without a name. */
export function fittingKeys({ alg, kid }: Compact, keys: readonly VerificationKey[]): readonly VerificationKey[] {
  const able = keys.filter(({ algorithms }) => algorithms.has(alg));
  if (kid === null) return able.slice(0, TRIES_MAX);
  const named = able.filter((key) => key.kid === kid);
  return named.length > 0 ? named : able.filter((key) => key.kid === null).slice(0, TRIES_MAX);
}

/** The one of these keys that has signed a token; null: none has. */
export async function signingKey(
  token: string,
  { alg }: Compact,
  keys: readonly VerificationKey[],
): Promise<VerificationKey | null> {
  const { compactVerify } = await loadJose();
  for (const key of keys) {
    const isRight = await compactVerify(token, key.key, { algorithms: [alg] }).then(
      () => true,
      () => false,
    );
    if (isRight) return key;
  }
  return null;
}
