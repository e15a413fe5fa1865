import { isNumeric, type Json } from '../../json';
import { type Scope, step } from '../scope';
import { eager, type Method, signature } from './method';

function split(input: Json, [separator, limit]: readonly Json[], scope: Scope): Json | undefined {
  if (typeof input !== 'string' || typeof separator !== 'string') return undefined;
  if (limit !== undefined && (!isNumeric(limit) || Number(limit) < 0)) return undefined;
  const pieces = separator === '' ? [...input] : input.split(separator);
  step(scope, pieces.length + input.length / 64);
  return limit === undefined ? pieces : pieces.slice(0, Number(limit));
}

function ofText(
  change: (text: string) => string,
): (input: Json, args: readonly Json[], scope: Scope) => Json | undefined {
  return (input, _args, scope) => {
    if (typeof input !== 'string') return undefined;
    step(scope, input.length / 64);
    return change(input);
  };
}

export const STRING_METHODS: readonly Method[] = [
  eager(signature('split', 'v0.4', 'strings', [1, 2]), split),
  eager(
    signature('trim', 'v0.4', 'string'),
    ofText((text) => text.trim()),
  ),
  eager(
    signature('trimStart', 'v0.4', 'string'),
    ofText((text) => text.trimStart()),
  ),
  eager(
    signature('trimEnd', 'v0.4', 'string'),
    ofText((text) => text.trimEnd()),
  ),
];
