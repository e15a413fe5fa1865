import type { Expansion } from './expand';

const MASK = '********';
const SMELL = /token|secret|passw|pwd|key|credential|auth|cookie/i;
/** Shorter ones would blank out half of the text; whole values are masked whatever their length. */
const WITHIN_TEXT_MIN = 6;

/** Removes what nobody should read over a shoulder from a configuration in the file's form. */
export function maskSecrets(values: unknown, expansions: readonly Expansion[]): unknown {
  const secrets = new Set(expansions.flatMap(secretsOf));
  secrets.delete('');
  return mask(values, '', [...secrets]);
}

/** The same for a text about a configuration that is wrong: whatever came from outside may be a secret that is at the wrong place. */
export function maskExpanded(text: string, expansions: readonly Expansion[]): string {
  const values = expansions.flatMap(({ value, references }) => [value, ...references.map((one) => one.value)]);
  return maskWithin(
    text,
    values.filter((value) => value.length >= WITHIN_TEXT_MIN),
  );
}

/** A value from outside is a secret when its key, or the variable or file that it came from, is named like one; and in a header or what is sent to a source. */
function secretsOf({ path, value, references }: Expansion): string[] {
  const isSent = path[0] === 'headers' || (path[2] === 'sources' && path[4] === 'config');
  if (isSent || SMELL.test(path.at(-1) ?? '')) return [value, ...references.map((reference) => reference.value)];
  return references.filter(({ origin }) => SMELL.test(origin)).map((reference) => reference.value);
}

function mask(value: unknown, key: string, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return value !== '' && SMELL.test(key) ? MASK : maskWithin(value, secrets);
  if (Array.isArray(value)) return value.map((item) => mask(item, key, secrets));
  return typeof value === 'object' && value !== null ? maskKeys(value, secrets) : value;
}

function maskKeys(value: object, secrets: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, below]) => [key, mask(below, key, secrets)]);
  const masked: Record<string, unknown> = Object.fromEntries(entries);
  // Header rules: the name stands beside the value.
  if (typeof masked.value === 'string' && SMELL.test(String(masked.name))) masked.value = MASK;
  if (typeof masked.default === 'string' && SMELL.test(String(masked.named))) masked.default = MASK;
  return masked;
}

function maskWithin(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) {
    if (masked === secret) return MASK;
    if (secret.length >= WITHIN_TEXT_MIN) masked = masked.replaceAll(secret, MASK);
  }
  return masked;
}
