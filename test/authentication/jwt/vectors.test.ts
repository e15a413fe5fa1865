import { ASYMMETRIC, SYMMETRIC } from '../../../gateway/authentication/jwt/algorithms';
import { readCompact } from '../../../gateway/authentication/jwt/compact';
import { readKeySet } from '../../../gateway/authentication/jwt/read-key-set';
import { fittingKeys, signingKey } from '../../../gateway/authentication/jwt/signature';
import { describeWithWycheproof, type SignatureVector, signatureVectors } from '../../fixtures/wycheproof';

const RULES = { algorithms: new Set([...ASYMMETRIC, ...SYMMETRIC]), allowsSecrets: true };

/** Letter for letter the token that another vector of the file calls valid. */
const SAME_AS_A_VALID_ONE = [
  'signature 367 base64: invalidBase64Padding',
  'signature 370 base64: invalidBase64PaddingInPayload',
];

/** Valid by their authors, and refused here. */
const REFUSED_ON_PURPOSE: Readonly<Record<string, string>> = {
  'signature 346 rfc7520: Figure20': 'the key is for another algorithm',
  'signature 347 rfc7520: Figure27': 'ES521 is no algorithm',
  'signature 350 rfc7520WithKeyOps: Figure20': 'the key is for another algorithm',
  'signature 351 rfc7520WithKeyOps: Figure27': 'ES521 is no algorithm',
  'signature 372 base64: InvalidCharacterInsertedInHeader': 'a question mark is no character of base64url',
  'signature 373 base64: InvalidCharacterInsertedInPayload': 'a question mark is no character of base64url',
};

async function accepts({ token, keySet }: SignatureVector): Promise<boolean> {
  const compact = readCompact(token);
  if (compact === null) return false;
  try {
    const { keys } = readKeySet(JSON.stringify(keySet), RULES);
    return (await signingKey(token, compact, fittingKeys(compact, keys))) !== null;
  } catch {
    return false;
  }
}

describeWithWycheproof('vectors of Wycheproof', () => {
  const judged = async (isValid: boolean) => {
    const vectors = (['signature', 'key', 'crypto'] as const).flatMap(signatureVectors);
    const chosen = vectors.filter((one) => one.isValid === isValid);
    const accepted: string[] = [];
    for (const vector of chosen) if (await accepts(vector)) accepted.push(vector.name);
    return { chosen: chosen.map(({ name }) => name), accepted };
  };

  it('that are invalid are refused, all of them', async () => {
    const { chosen, accepted } = await judged(false);
    expect(chosen.length).toBeGreaterThan(400);
    expect(accepted).toEqual(SAME_AS_A_VALID_ONE);
  });

  it('that are valid are accepted, but for those that say of themselves what is not so', async () => {
    const { chosen, accepted } = await judged(true);
    expect(chosen.length).toBeGreaterThan(50);
    expect(chosen.filter((name) => !accepted.includes(name))).toEqual(Object.keys(REFUSED_ON_PURPOSE));
  });
});
