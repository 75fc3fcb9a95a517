/**
 * Teams that come and go: made, filled with agents of their own, and deleted while everybody in them is at work. Who was
 * in one is in the team they all come back to, which allows less.
 */
import type { AgentActor } from './agent-actor.js';
import type { Random } from './random.js';
import type { Stage } from './stage.js';
import { createTeam, TOGGLED, type World } from './world.js';

const WARM_UP_MS = 1_000;

export async function mergeTeams(
  stage: Stage,
  { administration, rest }: World,
  actors: readonly AgentActor[],
  random: Random,
): Promise<void> {
  await stage.pause(WARM_UP_MS);
  const subjects = actors.map(({ member }) => member.subject);
  while (!stage.isOver) {
    const team = await createTeam(stage, administration, 'Project', TOGGLED);
    if (!team) return;
    for (const subject of subjects) await subject.write('team', team.id, false);
    await stage.pause(random.between(500, 2_500));
    for (const actor of actors) actor.burst();
    await stage.pause(random.between(0, 45));
    const leaving = subjects.filter(({ values }) => values['team'] === team.id);
    const moves = leaving.map((subject) => ({ register: subject.register('team'), value: rest.id, reduces: true }));
    if (!(await team.remove(`?moveTo=${rest.id}`, moves))) return;
    for (const subject of leaving) await subject.settle('team');
    await stage.pause(random.between(300, 1_500));
  }
}
