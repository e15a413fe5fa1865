import { BOOL } from '../expressions/types';
import { OPERATION } from '../vocabulary/operation';
import { REQUEST } from '../vocabulary/request';
import { compileRequestExpression, type RequestExpression } from '../vocabulary/request-expression';

/** Compiles what says whether a policy holds. @throws {HeadgateError} EXPRESSION_INVALID */
export function compilePolicy(name: string, text: string): RequestExpression {
  const vocabulary = { request: REQUEST, operation: OPERATION };
  return compileRequestExpression(text, { where: `authorization.policies.${name}`, vocabulary, result: BOOL });
}
