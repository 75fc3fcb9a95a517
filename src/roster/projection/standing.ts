/** An agent on the roster: its row, whether a conversation can be assigned to it, and when each last changed. Pure. */
import type { NotAssignableReason, RosterRow } from '#contracts';
import type { AgentState } from '../../agents/agent.events.js';
import { reasonsAgainst } from '../../conversations/assignability.js';
import type { PresenceState } from '../../presence/presence.events.js';
import type { Inputs } from './inputs.js';
import type { Marks } from './journal.js';
import {
  ALL_FIELDS,
  ASSIGNABLE_FIELDS,
  CONVERSATION_FIELDS,
  differing,
  FIELD,
  isSame,
  loadOf,
  sharing,
  waitingOf,
} from './row.js';

/** Fields that nobody's being assignable depends on. */
const NO_REASONS = FIELD.density | FIELD.waiting;

export interface Standing {
  row: RosterRow;
  /** Why no conversation can be assigned to the agent, whatever team is asked for. */
  reasons: readonly NotAssignableReason[];
  marks: Marks;
}

/** A standing made anew, and the fields of the row that changed. */
export interface Renewed {
  standing: Standing;
  fields: number;
}

/** An agent as it stood when its rows last changed at `marks`. */
export function firstStanding(inputs: Inputs, agent: AgentState, marks: Marks): Standing {
  const row = rowOf(inputs, agent, marks[0]);
  return { row, reasons: reasonsOf(inputs, row), marks };
}

/** When a standing is made anew. */
export interface Renewal {
  offset: number;
  /** The fields of the row that may differ, as bits of `FIELD`; the others are not looked at. */
  mayDiffer: number;
  /** Everything counts as changed. */
  isForced: boolean;
}

/** The agent's standing as of the offset; null: nothing changed. */
export function renew(
  inputs: Inputs,
  agent: AgentState,
  before: Standing | null,
  { offset, mayDiffer, isForced }: Renewal,
): Renewed | null {
  if (!before) return { standing: firstStanding(inputs, agent, [offset, offset, offset]), fields: ALL_FIELDS };
  const row = mayDiffer === ALL_FIELDS ? rowOf(inputs, agent, offset) : partlyNew(inputs, agent, before.row, mayDiffer);
  const fields = isForced ? ALL_FIELDS : differing(before.row, row);
  const reasons = (mayDiffer & ~NO_REASONS) === 0 ? before.reasons : reasonsOf(inputs, row);
  if (fields === 0 && isSame(before.reasons, reasons)) return null;
  const marks: Marks = isForced ? [offset, offset, offset] : marksAfter(before, reasons, fields, offset);
  const after = fields === 0 ? before.row : sharing(before.row, row);
  if (fields !== 0) after.v = offset;
  return { standing: { row: after, reasons, marks }, fields };
}

function rowOf(inputs: Inputs, agent: AgentState, v: number): RosterRow {
  return {
    id: agent.id,
    name: agent.name,
    teamId: agent.teamId,
    status: agent.status,
    presence: presenceOf(agent, inputs.presences.get(agent.id)),
    ...conversationFields(inputs, agent),
    density: inputs.agentDensity(agent.id),
    v,
  };
}

/** A row in which only fields that follow from conversations and interactions can be new. */
function partlyNew(inputs: Inputs, agent: AgentState, before: RosterRow, mayDiffer: number): RosterRow {
  const row = { ...before };
  if (mayDiffer & CONVERSATION_FIELDS) Object.assign(row, conversationFields(inputs, agent));
  if (mayDiffer & FIELD.density) row.density = inputs.agentDensity(agent.id);
  return row;
}

function conversationFields(inputs: Inputs, agent: AgentState): Pick<RosterRow, 'load' | 'waiting'> {
  const conversations = inputs.conversationsOf(agent.id);
  return {
    load: loadOf(conversations.size, agent.capacity ?? inputs.teams.get(agent.teamId)?.capacity ?? 0),
    waiting: waitingOf(conversations.values().map(({ waitingSince }) => waitingSince)),
  };
}

function presenceOf(agent: AgentState, presence: PresenceState | undefined): RosterRow['presence'] {
  const state = agent.status === 'active' && presence ? presence.state : 'offline';
  return { state, since: new Date(presence?.since ?? 0).toISOString() };
}

function reasonsOf(inputs: Inputs, row: RosterRow): NotAssignableReason[] {
  const team = inputs.teams.get(row.teamId);
  return reasonsAgainst({
    status: row.status,
    teamStatus: team?.status ?? 'inactive',
    canReply: team?.canReply ?? false,
    presence: row.presence.state,
    open: row.load.open,
    capacity: row.load.capacity,
    teamId: row.teamId,
  });
}

function marksAfter(before: Standing, reasons: Standing['reasons'], fields: number, offset: number): Marks {
  const [row, standing, place] = before.marks;
  const was = before.reasons.length === 0;
  const is = reasons.length === 0;
  const placeChanged = was !== is || (is && (fields & ASSIGNABLE_FIELDS) !== 0);
  const standingChanged = placeChanged || !isSame(before.reasons, reasons);
  return [fields ? offset : row, standingChanged ? offset : standing, placeChanged ? offset : place];
}
