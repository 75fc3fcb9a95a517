import type { Administration } from './administration.js';
import { now } from './history.js';
import { json } from './http.js';
import type { Session } from './session.js';
import { askAside, registerOf } from './session-endings.js';
import type { Stage } from './stage.js';
import type { Member } from './world.js';

const AGAIN_MS = 250;
const PATIENCE_MS = 20_000;
let changes = 0;

/**
 * Changes the password by `asking`, which ends `other`. When the outcome stays unknown, both are over: an administrator
 * sets another password, and what was sent before can't happen any more.
 */
export async function changePassword(
  stage: Stage,
  administration: Administration,
  member: Member,
  [other, asking]: readonly [other: Session, asking: Session],
): Promise<'done' | 'refused' | 'unknown'> {
  const newPassword = `${member.password.replace(/ .*/, '')} ${++changes}`;
  const body = { currentPassword: member.password, newPassword };
  const ask = { method: 'POST', path: '/auth/password', token: asking.token, body } as const;
  const answer = await administration.write(registerOf(other), false, true, () => askAside(stage.anyNode(), ask));
  if (answer.isRefused) return 'refused';
  if (answer.isDone) {
    member.password = newPassword;
    return 'done';
  }
  await setPassword(administration, member, `${newPassword} again`);
  return 'unknown';
}

/**
 * Each try names the version it is for, so that a late one does nothing. Also after the end of the run: somebody will ask
 * whether the agent can log in.
 */
async function setPassword(administration: Administration, member: Member, password: string): Promise<void> {
  const { path } = member.subject;
  for (const deadline = now() + PATIENCE_MS; now() < deadline; await pause(AGAIN_MS)) {
    const read = await administration.ask({ path });
    if (read.status === 404) return;
    if (read.status !== 200) continue;
    const ifMatch = json<{ version: number }>(read).version;
    const { status } = await administration.ask({ method: 'PATCH', path, body: { password }, ifMatch });
    if (status !== 200) continue;
    member.password = password;
    return;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
