import type { Member } from './member';
import { costOf } from './policies/cost';
import type { Turn } from './policies/policy';
import type { Group, Roster } from './roster';

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
export function pick<M extends Member>(roster: Roster<M>, turn: Turn<M>, repeatable: boolean): Pick<M> | null {
  turn.other = null;
  turn.cost = Number.NaN;
  turn.otherCost = Number.NaN;
  if (roster.trials.length > 0 && repeatable && turn.tried.length === 0) {
    const trial = roster.trials.find(({ inFlight }) => inFlight === 0);
    if (trial !== undefined) return { member: trial, group: null, reason: 'on probation: one query tells' };
  }
  const group = roster.sole ?? nextGroup(roster.groups);
  if (group === null) return null;
  const member = pickNear(group, turn);
  if (member !== null && hasRoom(member, turn.nowMs)) return picked(member, group, turn);
  return pickAnywhere(roster, turn) ?? (member === null ? pickAgain(roster, turn) : picked(member, group, turn));
}

/** Whether a further attempt would go to somebody who is not tried yet and may well answer. */
export function hasAlternative<M extends Member>(roster: Roster<M>, tried: readonly M[]): boolean {
  return roster.groups.some(({ doubtful, members }) => !doubtful && members.some((member) => !tried.includes(member)));
}

function picked<M extends Member>(member: M, group: Group<M>, turn: Turn<M>): Pick<M> {
  return { member, group, reason: turn.tried.length === 0 ? group.key : `${group.key}, not tried yet` };
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
function pickNear<M extends Member>(group: Group<M>, turn: Turn<M>): M | null {
  const near = group.policy.pick(turn);
  const { rival } = group;
  if (near === null || rival === null || near.inFlight < 2) return near;
  const far = rival.policy.pick(turn);
  if (far === null) return near;
  const meanWeight = (near.weight + far.weight) / 2;
  const [nearCost, farCost] = [costOf(near, turn, meanWeight), costOf(far, turn, meanWeight)];
  const leaves = farCost < nearCost * LEAVE_BELOW;
  turn.other = leaves ? near : far;
  turn.cost = leaves ? farCost : nearCost;
  turn.otherCost = leaves ? nearCost : farCost;
  return leaves ? far : near;
}

function hasRoom(member: Member, nowMs: number): boolean {
  return member.inFlight < member.limit && nowMs >= member.restUntilMs;
}

/** The first in order who has room, of those who may well answer. */
function pickAnywhere<M extends Member>(roster: Roster<M>, turn: Turn<M>): Pick<M> | null {
  const { tried } = turn;
  const unfit = [...tried];
  for (const { members } of roster.groups)
    for (const member of members) if (!hasRoom(member, turn.nowMs) && !unfit.includes(member)) unfit.push(member);
  turn.tried = unfit;
  try {
    for (const group of roster.groups) {
      if (group.doubtful && tried.length === 0) continue;
      const member = group.policy.pick(turn);
      if (member !== null) return picked(member, group, turn);
    }
    return null;
  } finally {
    turn.tried = tried;
  }
}

/** Nobody has room, or all were tried: then one that was not tried, or the best again. */
function pickAgain<M extends Member>(roster: Roster<M>, turn: Turn<M>): Pick<M> | null {
  for (const tried of turn.tried.length === 0 ? [[]] : [turn.tried, []]) {
    turn.tried = tried;
    for (const group of roster.groups) {
      const member = group.policy.pick(turn);
      if (member !== null) return { member, group, reason: `${group.key}, nobody else is left` };
    }
  }
  return null;
}
