import type { Command } from 'commander';
import { z } from 'zod';
import { HeadgateError } from '../../errors';
import { isLast, lastInstanceText } from '../../pool/last-instance';
import { tagText } from '../../tags';
import { callAdminJson, type ListenerOptions, withListenerOptions } from '../admin-client';
import { type CommandOutput, runCommand, usageError } from '../output';
import { alignColumns } from '../table';

interface SteerOptions extends ListenerOptions {
  readonly reason?: string;
}

interface DrainOptions extends TimedOptions {
  readonly force?: boolean;
}

interface TimedOptions extends SteerOptions {
  readonly ttl: string;
}

const instanceShape = z.looseObject({
  id: z.string(),
  url: z.string(),
  state: z.string(),
  reason: z.string(),
  weight: z.number(),
  tier: z.string(),
  zone: z.string().nullable(),
  tags: z.record(z.string(), z.string()).optional(),
  inFlight: z.number(),
  effectiveWeight: z.number().optional(),
  ewmaMs: z.number().nullish(),
  utilization: z.number().nullish(),
  lastCheck: z.looseObject({ passed: z.boolean(), detail: z.string() }).nullish(),
});
type Instance = z.infer<typeof instanceShape>;

const poolShape = z.looseObject({ name: z.string(), policy: z.string(), instances: z.array(instanceShape) });
const listShape = z.object({ pools: z.array(poolShape) });
const steeredShape = z.looseObject({
  instance: instanceShape,
  ttl_ms: z.number().nullable(),
  warning: z.string().optional(),
});
const explainShape = z.looseObject({
  choices: z.array(
    z.object({
      at: z.number(),
      chosen: z.string(),
      cost: z.number().nullable(),
      other: z.string().nullable(),
      otherCost: z.number().nullable(),
      reason: z.string(),
    }),
  ),
});

/** What `--ttl` takes for an order that holds until the instance is resumed. */
const FOREVER = 'forever';

/** `headgate pool …`: the pools of a running gateway, over its admin API. */
export function registerPool(program: Command): void {
  const pool = program.command('pool').description('see the pools of a running gateway, and steer their instances');
  withListenerOptions(pool.command('list [pool]').description('the instances: state and why, weight, load')).action(
    runCommand(list),
  );
  timed(pool.command('drain <pool> <instance...>').description('send them nothing new'))
    .option('--force', 'also when nobody is left to be asked')
    .action(runCommand(drain));
  timed(pool.command('eject <pool> <instance...>').description('treat them as if they had failed')).action(
    runCommand((name: string, instances: string[], options: TimedOptions) =>
      steerEach(name, instances, options, 'POST', 'eject', timedBody(options)),
    ),
  );
  steering(pool.command('resume <pool> <instance...>').description('end what was asked of them')).action(
    runCommand((name: string, instances: string[], options: SteerOptions) =>
      steerEach(name, instances, options, 'POST', 'resume', reasonBody(options)),
    ),
  );
  timed(pool.command('weight <pool> <instance> <weight>').description('give it another weight')).action(
    runCommand((name: string, instance: string, weight: string, options: TimedOptions) =>
      steerEach(name, [instance], options, 'PUT', 'weight', { weight: weightOf(weight), ...timedBody(options) }),
    ),
  );
  withListenerOptions(pool.command('explain <pool>').description('the last choices of the pool, oldest first')).action(
    runCommand(explain),
  );
}

function steering(command: Command): Command {
  return withListenerOptions(command).option('--reason <text>', 'why, for the log');
}

function timed(command: Command): Command {
  return steering(command).option('--ttl <time>', `how long it holds: 30s, 10m, 2h, or ${FOREVER}`, '1h');
}

function reasonBody({ reason }: SteerOptions): Record<string, unknown> {
  return reason === undefined ? {} : { reason };
}

function timedBody(options: TimedOptions): Record<string, unknown> {
  return { ...reasonBody(options), ttl: options.ttl === FOREVER ? null : options.ttl };
}

function weightOf(text: string): number {
  const weight = Number(text);
  if (Number.isFinite(weight) && weight > 0) return weight;
  throw usageError(`weight ${text} is no number above 0; to send an instance nothing, drain it`);
}

async function list(only: string | undefined, options: ListenerOptions): Promise<CommandOutput> {
  const { data, known } = await callAdminJson(options, { method: 'GET', path: '/pools', changes: false }, listShape);
  if (only === undefined) return { data, text: tableOf(known.pools) };
  const pools = known.pools.filter(({ name }) => name === only);
  if (pools.length === 0)
    throw usageError(`there is no pool ${only}; known: ${known.pools.map(({ name }) => name).join(', ')}`);
  return { data: { pools }, text: tableOf(pools) };
}

/** @throws {HeadgateError} LAST_INSTANCE when nobody would be left, without `--force` */
async function drain(name: string, instances: readonly string[], options: DrainOptions): Promise<CommandOutput> {
  const checkOne = async (instance: string) => {
    const { known } = await callAdminJson(options, { method: 'GET', path: '/pools', changes: false }, listShape);
    const members = known.pools.find((one) => one.name === name)?.instances ?? [];
    if (!isLast(members, instance)) return;
    const message = `${lastInstanceText(name, instance, members)}; add --force to drain it all the same`;
    throw new HeadgateError('LAST_INSTANCE', message);
  };
  const check = options.force === true ? async () => undefined : checkOne;
  return steerEach(name, instances, options, 'POST', 'drain', timedBody(options), check);
}

/** One after another; the first refusal ends it. @param check called before each */
async function steerEach(
  pool: string,
  instances: readonly string[],
  options: ListenerOptions,
  method: 'POST' | 'PUT',
  action: string,
  body: Record<string, unknown>,
  check: (instance: string) => Promise<void> = async () => undefined,
): Promise<CommandOutput> {
  const answers: unknown[] = [];
  const lines: string[] = [];
  for (const instance of instances) {
    await check(instance);
    const path = `/pools/${encodeURIComponent(pool)}/instances/${encodeURIComponent(instance)}/${action}`;
    const call = { method, path, body: JSON.stringify(body), changes: true, shownBy: 'pool list' } as const;
    const { data, known } = await callAdminJson(options, call, steeredShape);
    answers.push(data);
    const until = known.ttl_ms === null ? '' : ` for ${Math.round(known.ttl_ms / 1_000)} s`;
    const { state, reason, weight } = known.instance;
    lines.push(`${pool} ${instance}: ${action}${until}; it is ${state} with weight ${weight}, ${reason}`);
    if (known.warning !== undefined) lines.push(`warning: ${known.warning}`);
  }
  return { data: { actions: answers }, text: lines.join('\n') };
}

async function explain(pool: string, options: ListenerOptions): Promise<CommandOutput> {
  const path = `/pools/${encodeURIComponent(pool)}/explain`;
  const { data, known } = await callAdminJson(options, { method: 'GET', path, changes: false }, explainShape);
  const rows = known.choices.map(({ at, chosen, cost, other, otherCost, reason }) => [
    new Date(at).toISOString(),
    chosen,
    figure(cost),
    other ?? '-',
    figure(otherCost),
    reason,
  ]);
  return { data, text: alignColumns([['AT', 'CHOSEN', 'COST', 'OTHER', 'COST', 'WHY'], ...rows]) };
}

function tableOf(pools: readonly z.infer<typeof poolShape>[]): string {
  const rows = pools.flatMap(({ name, instances }) => instances.map((instance) => rowOf(name, instance)));
  const head = ['POOL', 'INSTANCE', 'STATE', 'WEIGHT', 'IN FLIGHT', 'LATENCY', 'LOAD', 'ZONE', 'TAGS', 'WHY'];
  return alignColumns([head, ...rows]);
}

function rowOf(pool: string, instance: Instance): readonly string[] {
  const {
    id,
    state,
    tier,
    weight,
    effectiveWeight = weight,
    inFlight,
    ewmaMs,
    utilization,
    zone,
    tags = {},
    reason,
    lastCheck,
  } = instance;
  return [
    pool,
    id,
    tier === 'backup' ? `${state} (backup)` : state,
    effectiveWeight === weight ? String(weight) : `${weight} (${figure(effectiveWeight)})`,
    String(inFlight),
    ewmaMs == null ? '-' : `${figure(ewmaMs)}ms`,
    utilization == null ? '-' : `${Math.round(utilization * 100)}%`,
    zone ?? '-',
    tagText(tags) || '-',
    lastCheck?.passed === false && !reason.includes(lastCheck.detail)
      ? `${reason}; last check: ${lastCheck.detail}`
      : reason,
  ];
}

function figure(value: number | null): string {
  return value === null ? '-' : String(Math.round(value * 100) / 100);
}
