import { z } from 'zod';
import { isHeadgateError } from '../errors';
import { compileMatcher } from '../expressions/pattern';
import type { Type } from '../expressions/types';
import { compileRequestExpression } from '../vocabulary/request-expression';

type Vocabulary = Parameters<typeof compileRequestExpression>[1]['vocabulary'];

const EXPRESSION_CHARACTERS_MAX = 10_000;

/**
 * An expression about a request, checked where it stands: problems have line and column of its text.
 * @param result what it must give; anything when absent
 */
export function expression(vocabulary: Vocabulary, result?: Type) {
  const options = { where: '', vocabulary, ...(result !== undefined && { result }) };
  return z
    .string()
    .min(1)
    .max(EXPRESSION_CHARACTERS_MAX)
    .superRefine((text, context) => {
      try {
        compileRequestExpression(text, options);
      } catch (error) {
        if (!isHeadgateError(error, 'EXPRESSION_INVALID')) throw error;
        // `:1:5 message`, a line for each problem: the place before it is that of the key.
        context.addIssue({ code: 'custom', message: error.message.replace(/^:/gm, '') });
      }
    });
}

/** A regular expression of RE2, which takes time in proportion to the text that it is tried on. */
export function linearPattern() {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      const matcher = compileMatcher(text);
      if (typeof matcher === 'string') context.addIssue({ code: 'custom', message: matcher });
    });
}
