import type { CreateAgentRequest } from '#contracts';
import { type DemoTeam, NAMES, NOTES } from './demo-data.js';

/** Where agents of the demo have their mail; the demo's traffic recognises them by it. */
const MAIL = 'demo.muster.local';

/** An agent of the demo, but for the ids that only a database can give. */
export type DemoAgent = Omit<CreateAgentRequest, 'teamId' | 'password'>;

/** The agents of a team. `before`: how many agents the teams before it have. Always the same. */
export function agentsOf(team: DemoTeam, before: number): DemoAgent[] {
  return Array.from({ length: team.agents }, (_, index) => {
    const name = nameOf(before + index);
    return { name, email: `${mailName(name)}@${MAIL}`, phone: phoneOf(team, index), ...circumstances(team, index) };
  });
}

/** Each name once: the regions take turns, and within one first and last names meet each other but once. */
function nameOf(index: number): string {
  const region = NAMES[index % NAMES.length];
  const turn = Math.floor(index / NAMES.length);
  const first = region?.first[turn % region.first.length];
  const last = region?.last[(turn + Math.floor(turn / region.first.length)) % region.last.length];
  return `${first} ${last}`;
}

/** As it can be written in an address: without accents and with dots. */
function mailName(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^a-zA-Z ]/g, '')
    .toLowerCase()
    .replaceAll(' ', '.');
}

function phoneOf({ phones: { prefix, first, digits } }: DemoTeam, index: number): string {
  return prefix + String(first + index).padStart(digits, '0');
}

/** Most have none; the others are what an administrator meets: leave, training, contractors, seniors. */
function circumstances(team: DemoTeam, index: number): Partial<DemoAgent> {
  if (index % 37 === 23) return { status: 'inactive', notes: NOTES.onLeave };
  if (index % 16 === 9) return { capacity: 2, notes: NOTES.training };
  if (index % 6 === 5) return { hidePhone: true, notes: NOTES.contractor };
  if (index % 12 === 1) return { capacity: team.capacity + 2, notes: NOTES.senior };
  return {};
}
