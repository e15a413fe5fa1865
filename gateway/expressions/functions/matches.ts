import { compileComputedPattern, compilePattern } from '../pattern';
import { EvaluationError } from '../values';
import { declareFunction, type FunctionDeclaration, type Implementation, type Prepare } from './declare';

const SIGNATURES = ['string, string -> bool'];

const matches: Implementation = (frame, text, pattern) => {
  if (typeof text !== 'string' || typeof pattern !== 'string') return undefined;
  const compiled = compileComputedPattern(frame, pattern);
  return compiled instanceof EvaluationError ? compiled : compiled.test(frame, text);
};

/** A pattern that is written in the expression is compiled with it. */
const prepare: Prepare = ([, pattern]) => {
  if (typeof pattern !== 'string') return undefined;
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') return compiled;
  return (frame, text) => (typeof text === 'string' ? compiled.test(frame, text) : undefined);
};

export const MATCHES: readonly FunctionDeclaration[] = [
  declareFunction('matches', SIGNATURES, matches, prepare),
  declareFunction('.matches', SIGNATURES, matches, prepare),
];
