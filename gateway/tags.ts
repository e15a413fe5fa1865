/** What operators call an instance: `{ version: 'v2', provider: 'aws' }`. Each name has one value. */
export type Tags = Readonly<Record<string, string>>;

export const TAGS_MAX = 32;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/;
const VALUE = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Forms of names and values, as labels of Kubernetes have them. */
export const TAG_NAME_FORM = 'a letter, then at most 62 letters, digits and _.-';
export const TAG_VALUE_FORM = '1 to 63 letters, digits and _.-, with a letter or digit at both ends';

export function isTagName(text: string): boolean {
  return NAME.test(text);
}

export function isTagValue(text: string): boolean {
  return VALUE.test(text);
}

/** The same text for the same tags in any order: `provider=aws, version=v2`. */
export function tagText(tags: Tags): string {
  return Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(', ');
}

/** Whether an instance has all that is wanted; more may be there. */
export function hasTags(tags: Tags | undefined, wanted: Tags): boolean {
  for (const name in wanted) if (tags === undefined || tags[name] !== wanted[name]) return false;
  return true;
}
