/** Customers and dispatchers: what makes frames for everybody's sockets, on every node. */
import type { Random } from './random.js';
import type { Stage } from './stage.js';
import type { World } from './world.js';

export async function reportInteractions(stage: Stage, world: World, random: Random): Promise<void> {
  for (let count = 1; !stage.isOver; count++) {
    const interactions = Array.from({ length: 5 }, (_, index) => ({
      id: `traffic-${random.seed}-${count}-${index}`,
      conversationId: random.pick(world.conversations),
      agentId: random.pick(world.members).subject.id,
      direction: 'inbound',
      at: new Date().toISOString(),
    }));
    await world.administration.ask({ method: 'POST', path: '/interactions', body: { interactions } });
    await stage.pause(random.between(100, 300));
  }
}

/** Conversations go from one to the next; who may not have one is refused. */
export async function assignConversations(stage: Stage, world: World, random: Random): Promise<void> {
  while (!stage.isOver) {
    const path = `/conversations/${random.pick(world.conversations)}`;
    const agentId = random.pick(world.members).subject.id;
    const answer = await world.administration.ask({ method: 'POST', path: `${path}/assign`, body: { agentId } });
    if (answer.status === 409) await world.administration.ask({ method: 'POST', path: `${path}/unassign` });
    await stage.pause(random.between(100, 300));
  }
}
