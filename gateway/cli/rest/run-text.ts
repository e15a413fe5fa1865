import { isJsonArray, isJsonObject, type Json, writeJson } from '../../transport/rest/json';
import { parseJson } from '../../transport/rest/parse-json';
import { alignColumns } from '../table';
import type { RunReport } from './run-report';

const BODY_MAX = 4_000;
const STEPS_MAX = 100;
const DEPTH_MAX = 100;

/** A run for people: what was sent, what came, what the mappings made of it, and where they found nothing. */
export function runText({ coordinate, request, answer, mappings, value, error, problems }: RunReport): string {
  const parts = [coordinate];
  if (request === null) parts.push('request', '  nothing was sent');
  else {
    parts.push('request', `  ${request.method} ${request.url}`, ...headerLines(request.headers));
    if (request.body !== null) parts.push(...bodyLines(request.body));
  }
  if (answer !== null) {
    const from = answer.instance === null ? 'from a file' : `from ${answer.instance} in ${answer.durationMs} ms`;
    parts.push('answer', `  ${answer.status} ${from}`, ...headerLines(answer.headers), ...bodyLines(answer.body));
  }
  for (const { mapping, trace } of mappings) {
    parts.push(`${mapping}, step by step`);
    const rows = trace.steps
      .slice(0, STEPS_MAX)
      .map(({ field, step, line, column, input, output }) => [
        `  ${field}`,
        step,
        `${line}:${column}`,
        `${input ?? 'nothing'} → ${output ?? 'nothing'}`,
      ]);
    if (rows.length > 0) parts.push(alignColumns(rows));
    const more = trace.leftOut + Math.max(0, trace.steps.length - STEPS_MAX);
    if (more > 0) parts.push(`  … and ${more} more steps`);
    if (trace.stopped !== null) parts.push(`  stopped: ${trace.stopped}`);
  }
  if (error === null) parts.push('result', indented(pretty(value)));
  else parts.push('error', `  ${String(error.extensions.code)} ${error.message}`);
  if (problems.length > 0) {
    parts.push('problems');
    for (const one of problems) parts.push(`  ${one.mapping} ${one.line}:${one.column} ${one.path}: ${one.message}`);
  }
  return parts.join('\n');
}

function headerLines(headers: Readonly<Record<string, string | readonly string[]>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `  ${name}: ${one}`));
}

function bodyLines(body: string): readonly string[] {
  if (body === '') return [];
  const parsed = parseJson(body, DEPTH_MAX);
  const text = parsed.ok ? pretty(parsed.value) : body;
  const short = text.length > BODY_MAX ? `${text.slice(0, BODY_MAX)}\n… (${text.length} characters)` : text;
  return ['', indented(short)];
}

/** JSON on lines, with numbers as they are. */
function pretty(value: Json, indent = ''): string {
  const inner = `${indent}  `;
  const lines = isJsonArray(value)
    ? value.map((item) => pretty(item, inner))
    : isJsonObject(value)
      ? Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pretty(item, inner)}`)
      : [];
  const [open, close] = isJsonArray(value) ? '[]' : '{}';
  return lines.length === 0
    ? writeJson(value)
    : `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${indent}${close}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
