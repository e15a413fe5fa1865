/**
 * Inside the world a number that a double may not hold is a string: this character and the number's text. Whoever executes
 * passes it on as it is. Reading and writing JSON is the world's own work, so that it does not repeat the gateway's mistakes.
 */
export const NUMBER = '№';

function numberText(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith(NUMBER) ? value.slice(NUMBER.length) : null;
}

/** Digits without zeros at the end, and the power of ten. @throws {Error} when it is no number */
function decimalOf(text: string): { readonly digits: bigint; readonly power: number } {
  const [, mantissa = '', exponent = '0'] = /^(-?[\d.]+)(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const [whole = '', fraction = ''] = mantissa.split('.');
  if (whole === '') throw new Error(`no number: ${text}`);
  let digits = BigInt(whole.replace('-', '') + fraction);
  let power = Number(exponent) - fraction.length;
  if (digits === 0n) power = 0;
  while (digits !== 0n && digits % 10n === 0n) [digits, power] = [digits / 10n, power + 1];
  return { digits: whole.startsWith('-') ? -digits : digits, power };
}

/** The same for texts that a gateway may exchange: what a double says is that double, everything else the text. */
function canonical(text: string): string {
  const double = Number(text);
  const said = String(double);
  if (said === text || !Number.isFinite(double)) return text;
  if (/^-?\d+$/.test(text)) return double === 0 ? said : text;
  const [given, kept] = [decimalOf(text), decimalOf(said)];
  return given.digits === kept.digits && given.power === kept.power ? said : text;
}

/** A number of the world: a double where that has the same text. */
export function numberOf(text: string): number | string {
  return String(Number(text)) === text ? Number(text) : NUMBER + text;
}

/** Changes each leaf of something out of JSON. */
function eachLeaf(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => eachLeaf(one, change));
  if (typeof value !== 'object' || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, eachLeaf(one, change)]));
}

/** Each number as {@link canonical} has it. */
export function canonicalIn(value: unknown): unknown {
  return eachLeaf(value, (leaf) => {
    const text = numberText(leaf);
    return text === null ? leaf : numberOf(canonical(text));
  });
}

/** JSON text with the numbers of the world. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value).replace(/"№([-+.\de]+)"/gi, '$1');
}

/** What JSON text says, its numbers canonical. */
export function readJson(text: string): unknown {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[-+.\de]*/gi, (token) =>
    token.startsWith('"') ? token : JSON.stringify(numberOf(canonical(token))),
  );
  return JSON.parse(marked);
}

/** Whether there is a number that a double does not hold. */
export function holdsLong(value: unknown): boolean {
  return JSON.stringify(canonicalIn(value) ?? null).includes(`"${NUMBER}`);
}

/** The string that a client sees for an ID, which a subgraph may write as a number. */
export function idText(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : numberText(value);
  if (text === null) return String(value);
  const { digits, power } = decimalOf(text);
  return String(digits * 10n ** BigInt(power));
}

/** Begins IDs that are numbers, so that stock, which rounds them, is given strings. */
const ID_BEGINS = '8008008008008008001';

/** The ID of an object by its number. */
export function longId(key: string): string {
  return `${NUMBER}${ID_BEGINS}${key}`;
}

/** The number of an object by its ID; undefined when it is none of {@link longId}. */
export function keyOfLongId(id: unknown): string | undefined {
  const text = numberText(id) ?? id;
  return typeof text === 'string' && text.startsWith(ID_BEGINS) ? text.slice(ID_BEGINS.length) : undefined;
}

/** The number of a key, by the number of its object. */
export function longKey(key: string): string {
  return `${NUMBER}1234567890123456789.${key}5`;
}

/** @throws {Error} when it is none of {@link longKey} */
export function keyOfLongKey(number: unknown): string {
  const [, key] = /^1234567890123456789\.(\d+)5$/.exec(numberText(number) ?? '') ?? [];
  if (key === undefined) throw new Error(`no key: ${number}`);
  return key;
}

/** Answers of an ID, none of which is a Float's. */
const IDS = ['12345678901234567890', '3e2', '-90071992547409931', '4.0', '1e25', '5E+22', '100000000000000000000'];

/** Answers of a Float. */
const FLOATS = [
  '0.1234567890123456789',
  '1e2',
  '1.0',
  '12345678901234567890.5',
  '-0.00000000000000000000000001234567890123456789',
  '9007199254740993',
  '1E+300',
  '2.5',
  '1000000000000000000000',
  '0.10000000000000000555',
];

/** Answers of a custom scalar. */
const LONGS = [...FLOATS, '1e400', '18446744073709551617', '-9223372036854775809', '-0.0', '1e-400'];

function of(texts: readonly string[], seed: number): string {
  return NUMBER + (texts[seed % texts.length] ?? '0');
}

export function someFloat(seed: number): string {
  return of(FLOATS, seed);
}

export function someLong(seed: number): string {
  return of(LONGS, seed);
}

export function someId(seed: number): unknown {
  return seed % 3 === 0 ? `id${seed % 10}` : of(IDS, seed);
}

/** Numbers in lists and objects of a custom scalar. */
export function someJson(seed: number): unknown {
  const values = [
    someLong(seed),
    [someLong(seed), null, 3, [someLong(seed + 1)]],
    { a: someLong(seed), b: { c: [someLong(seed + 2), '1e400'], d: true } },
    { 'e"№1"': [{ f: someLong(seed + 3) }], 12345678901234567890: `12345678901234567890 "${seed}` },
  ];
  return values[seed % values.length];
}

const STAND_INS: string[] = [];
const FIRST_STAND_IN = 700_000;

/**
 * For stock, which rounds: a short number in place of each long one, always the same. IDs are strings, as they should be.
 * No other number of the world is that large.
 */
export function withStandIns(value: unknown): unknown {
  return eachLeaf(value, (leaf) => {
    const text = numberText(leaf);
    if (text === null) return leaf;
    if (keyOfLongId(leaf) !== undefined || IDS.includes(text)) return idText(leaf);
    if (!STAND_INS.includes(text)) STAND_INS.push(text);
    return FIRST_STAND_IN + STAND_INS.indexOf(text);
  });
}

/** Puts the long numbers back, canonical. */
export function withoutStandIns(value: unknown): unknown {
  return canonicalIn(
    eachLeaf(value, (leaf) => {
      const text = typeof leaf === 'number' ? STAND_INS[leaf - FIRST_STAND_IN] : undefined;
      return text === undefined ? leaf : NUMBER + text;
    }),
  );
}
