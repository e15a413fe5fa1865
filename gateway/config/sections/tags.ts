import { z } from 'zod';
import { isTagName, isTagValue, TAG_NAME_FORM, TAG_VALUE_FORM, TAGS_MAX } from '../../tags';

const tagName = z.string().refine(isTagName, `expected ${TAG_NAME_FORM}`);
const tagValue = z.string().refine(isTagValue, `expected ${TAG_VALUE_FORM}; quote numbers, e.g. "2"`);

/** Tags of an instance, or those that a rule wants. */
export const tags = z
  .record(tagName, tagValue)
  .refine((given) => Object.keys(given).length <= TAGS_MAX, `at most ${TAGS_MAX} tags`);
