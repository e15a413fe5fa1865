import { isJsonArray, isJsonObject, type Json } from '../json';
import { RequestRefused } from './refused';

/**
 * `application/x-www-form-urlencoded`: `a[0]=x` for lists, `a[b]=x` for objects, nulls left out.
 * @throws {RequestRefused} the body is no object
 */
export function encodeForm(body: Json): string {
  if (!isJsonObject(body)) throw new RequestRefused('a form body must be an object');
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) append(form, name, value);
  return form.toString();
}

function append(form: URLSearchParams, name: string, value: Json): void {
  if (value === null) return;
  if (isJsonArray(value)) {
    for (const [index, item] of value.entries()) append(form, `${name}[${index}]`, item);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) append(form, `${name}[${key}]`, item);
  } else form.append(name, String(value));
}
