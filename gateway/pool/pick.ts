import type { Group, HostSet } from './host-set';
import type { Member } from './member';
import { costOf } from './policies/cost';
import type { PickContext } from './policies/policy';

/** The zone is left only for one that costs less than this share. */
const LEAVE_BELOW = 0.5;

/** Choice of one member, with the group that it was chosen from. */
export interface Pick<M extends Member> {
  readonly member: M;
  readonly group: Group<M> | null;
  /** For explanations. */
  readonly reason: string;
}

/**
 * Chooses a member. One on probation gets its query; otherwise the group whose share says so is asked, then the others in
 * their order. Who is full or asked to be left alone is passed over while somebody else is not.
 * @param repeatable false for a mutation: it is no test for an instance on probation
 * @returns null when the pool has nobody who may be asked
 */
export function pick<M extends Member>(
  hosts: HostSet<M>,
  context: PickContext<M>,
  repeatable: boolean,
): Pick<M> | null {
  context.other = null;
  context.cost = Number.NaN;
  context.otherCost = Number.NaN;
  if (hosts.trials.length > 0 && repeatable && context.tried.length === 0) {
    const trial = hosts.trials.find(({ inFlight }) => inFlight === 0);
    if (trial !== undefined) return { member: trial, group: null, reason: 'on probation: one query tells' };
  }
  const group = hosts.sole ?? nextGroup(hosts.groups);
  if (group === null) return null;
  const member = pickNear(group, context);
  if (member !== null && hasRoom(member, context.nowMs)) return picked(member, group, context);
  return pickAnywhere(hosts, context) ?? (member === null ? pickAgain(hosts, context) : picked(member, group, context));
}

/** Whether a further attempt would go to somebody who is not tried yet and may well answer. */
export function hasAlternative<M extends Member>(hosts: HostSet<M>, tried: readonly M[]): boolean {
  return hosts.groups.some(({ doubtful, members }) => !doubtful && members.some((member) => !tried.includes(member)));
}

function picked<M extends Member>(member: M, group: Group<M>, context: PickContext<M>): Pick<M> {
  return { member, group, reason: context.tried.length === 0 ? group.key : `${group.key}, not tried yet` };
}

/** Smooth round-robin over the groups: their shares hold for any stretch of requests, not only on average. */
function nextGroup<M extends Member>(groups: readonly Group<M>[]): Group<M> | null {
  let chosen: Group<M> | null = null;
  for (const group of groups) {
    group.credit += group.share;
    if (group.share > 0 && (chosen === null || group.credit > chosen.credit)) chosen = group;
  }
  if (chosen !== null) chosen.credit -= 1;
  return chosen;
}

/** Of the group, or of the next zone when the group's is slower and loaded. */
function pickNear<M extends Member>(group: Group<M>, context: PickContext<M>): M | null {
  const near = group.policy.pick(context);
  const { rival } = group;
  if (near === null || rival === null || near.inFlight < 2) return near;
  const far = rival.policy.pick(context);
  if (far === null) return near;
  const meanWeight = (near.weight + far.weight) / 2;
  const [nearCost, farCost] = [costOf(near, context, meanWeight), costOf(far, context, meanWeight)];
  const leaves = farCost < nearCost * LEAVE_BELOW;
  context.other = leaves ? near : far;
  context.cost = leaves ? farCost : nearCost;
  context.otherCost = leaves ? nearCost : farCost;
  return leaves ? far : near;
}

function hasRoom(member: Member, nowMs: number): boolean {
  return member.inFlight < member.limit && nowMs >= member.restUntilMs;
}

/** The first in order who has room, of those who may well answer. */
function pickAnywhere<M extends Member>(hosts: HostSet<M>, context: PickContext<M>): Pick<M> | null {
  const { tried } = context;
  const unfit = [...tried];
  for (const { members } of hosts.groups)
    for (const member of members) if (!hasRoom(member, context.nowMs) && !unfit.includes(member)) unfit.push(member);
  context.tried = unfit;
  try {
    for (const group of hosts.groups) {
      if (group.doubtful && tried.length === 0) continue;
      const member = group.policy.pick(context);
      if (member !== null) return picked(member, group, context);
    }
    return null;
  } finally {
    context.tried = tried;
  }
}

/** Nobody has room, or all were tried: then one that was not tried, or the best again. */
function pickAgain<M extends Member>(hosts: HostSet<M>, context: PickContext<M>): Pick<M> | null {
  for (const tried of context.tried.length === 0 ? [[]] : [context.tried, []]) {
    context.tried = tried;
    for (const group of hosts.groups) {
      const member = group.policy.pick(context);
      if (member !== null) return { member, group, reason: `${group.key}, nobody else is left` };
    }
  }
  return null;
}
