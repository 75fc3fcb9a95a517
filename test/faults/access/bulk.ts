/** One change of several agents by one request. */
import type { BulkAgentsAnswer } from '#contracts';
import type { Administration, Answered } from './administration.js';
import type { Value } from './history.js';
import { json } from './http.js';
import type { Stage } from './stage.js';
import { fieldOf, type Subject } from './subject.js';

/** A bulk change has no condition: after this, whatever still held it has let go of it or lost it. */
const LATE_MS = 6_000;

/** Gives all of them one value. After an unknown outcome it does not return before the truth is known again. */
export async function changeTogether(
  stage: Stage,
  administration: Administration,
  subjects: readonly Subject[],
  name: string,
  value: Value,
  reduces: (subject: Subject) => boolean,
): Promise<void> {
  const body = { ids: subjects.map(({ id }) => id), set: { [fieldOf(name)]: value } };
  const writes = subjects.map((subject) => ({ register: subject.register(name), value, reduces: reduces(subject) }));
  const answer = await administration.writeAll(writes, async () =>
    judged(await administration.ask({ method: 'POST', path: '/agents/bulk', body })),
  );
  const versions = new Map(answer.isDone ? resultsOf(answer).map(({ id, version }) => [id, version]) : []);
  if (!answer.isDone) await stage.pause(LATE_MS);
  for (const subject of subjects) {
    const version = versions.get(subject.id);
    if (version === undefined) await subject.settle(name);
    else subject.adopt(name, value, version);
  }
}

/** Who was left out has not been changed, though the others have. */
function judged(answer: Answered): Answered {
  if (answer.status !== 200 || resultsOf(answer).every(({ ok }) => ok)) return answer;
  return { ...answer, verdict: { isDone: false, receipt: null, repliedAt: answer.return } };
}

function resultsOf(answer: Answered): BulkAgentsAnswer['results'] {
  return json<BulkAgentsAnswer>(answer).results;
}
