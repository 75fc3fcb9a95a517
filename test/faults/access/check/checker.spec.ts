import type { Receipt } from '../history.js';
import { readStamps } from '../stamps.js';
import { Story } from './story.js';

const story = () => new Story();
const denied = { ok: false, code: 'permission_missing' };

const RECEIPT: Receipt = {
  cause: 'agent_deactivated',
  nodes: [0, 1, 2].map((index) => ({ node: `node-${index}`, outcome: 'applied', sockets: 0, ms: 5 })),
  sessions: 1,
  keys: 0,
  sockets: 0,
  conversationsReleased: 0,
  listsLeft: 0,
  elapsedMs: 9,
  enforcement: 'complete',
};

describe('P1: operations', () => {
  it.each([
    ['one invoked after a deactivation answered', story().deactivate(10, 20).asks(21, 25)],
    ['one after the team lost the right', story().write('team:sales:permissions', [], 10, 20).asks(21, 25)],
    ['one after the team became inactive', story().write('team:sales:status', 'inactive', 10, 20).asks(21, 25)],
    ['one after a move to a team without the right', story().write('agent:ana:team', 'clerks', 10, 20).asks(21, 25)],
    ['one after the session ended', story().write('credential:s1:alive', false, 10, 20).asks(21, 25)],
    ['a raw number after Hide Phone', story().write('agent:ana:hidePhone', true, 10, 20).asks(21, 25, { raw: true })],
    [
      'one after an unanswered deactivation was confirmed',
      story().deactivate(10, Infinity).deactivate(30, 40).asks(5_000, 5_001),
    ],
    ['one before a deactivation was undone', story().deactivate(10, 20).activate(30, 40).asks(21, 29)],
    ['one that needs what the agent never had', story().asks(21, 25, { needs: 'agents.manage' })],
  ])('flags %s', (_what, told) => {
    expect(told.broken()).toEqual(['P1']);
  });

  it.each([
    ['one that overlaps the deactivation', story().deactivate(10, 20).asks(19, 25)],
    ['one that overlaps the next activation', story().deactivate(10, 20).activate(30, 40).asks(21, 30)],
    ['one that was refused', story().deactivate(10, 20).asks(21, 25, denied)],
    ['one after an unanswered deactivation', story().deactivate(10, Infinity).asks(21, 25)],
    [
      'one after a deactivation that is not enforced yet',
      story().deactivate(10, 20, { outcome: 'unknown', status: 202 }).asks(21, 25),
    ],
    [
      'one right after an unanswered deactivation was found to have happened',
      story().deactivate(10, Infinity).deactivate(30, 40).asks(1_000, 1_001),
    ],
    ['a masked number after Hide Phone', story().write('agent:ana:hidePhone', true, 10, 20).asks(21, 25)],
    [
      'one that the new team allows',
      story().write('agent:ana:team', 'clerks', 10, 20).asks(21, 25, { needs: 'dashboard.view' }),
    ],
  ])('does not flag %s', (_what, told) => {
    expect(told.broken()).toEqual([]);
  });
});

describe('P2: sends', () => {
  const connected = () => story().socket(5, 22);
  const answering = () => story().asks(5, 30);

  it.each([
    ['a frame after the reply', connected().deactivate(10, 20).sends(21)],
    ['an answer after the reply', answering().deactivate(10, 20).sends(21, { channel: 'http' })],
    ['a raw number after Hide Phone', connected().write('agent:ana:hidePhone', true, 10, 20).sends(21, { raw: true })],
  ])('flags %s', (_what, told) => {
    expect(told.broken()).toEqual(['P2']);
  });

  it.each([
    ['a frame that passed the gate before the reply', connected().deactivate(10, 20).sends(19)],
    ['a frame after the next activation was asked for', connected().deactivate(10, 20).activate(21, 30).sends(21)],
    ['an answer to who has the port now', answering().deactivate(10, 20).sends(31, { channel: 'http' })],
    ['a frame of somebody else', connected().deactivate(10, 20).sends(21, { port: 1 })],
    ['a frame of the same port on another node', connected().deactivate(10, 20).sends(21, { node: 1 })],
    ['a masked number after Hide Phone', connected().write('agent:ana:hidePhone', true, 10, 20).sends(21)],
  ])('does not flag %s', (_what, told) => {
    expect(told.broken()).toEqual([]);
  });

  it('takes what leaves for sends, but no control frame, negative answer or answer without success', () => {
    const stamped = (channel: string, status: number, head: string) =>
      JSON.stringify([1, 2, channel, status, false, head]);
    const sent = [
      stamped('http', 200, 'HTTP/1.1 200 OK'),
      stamped('http', 200, '{"the":"rest"}'),
      stamped('socket', 101, '42/inbox,["conversation.assigned",{'),
      stamped('socket', 101, '42/dashboard,["roster.delta",{'),
      stamped('socket', 101, '43/dashboard,0[{"ok":true,"data":{'),
    ];
    const exempt = [
      stamped('http', 403, 'HTTP/1.1 403 Forbidden'),
      stamped('http', 101, 'HTTP/1.1 101 Switching Protocols'),
      stamped('socket', 101, '0{"sid":"…"}'),
      stamped('socket', 101, '2'),
      stamped('socket', 101, '40/inbox,{"sid":"…"}'),
      stamped('socket', 101, '41/inbox,'),
      stamped('socket', 101, '44/inbox,{"message":"…"}'),
      stamped('socket', 101, '42/inbox,["session.closed",{'),
      stamped('socket', 101, '42/inbox,["permissions.changed",{'),
      stamped('socket', 101, '43/inbox,1[{"ok":false,"error":{'),
      '[1,2,"socket",101,false,"42/inbox,["cut off by a ki',
      '',
    ];
    expect(readStamps(0, exempt)).toEqual([]);
    expect(readStamps(0, sent)).toHaveLength(sent.length);
  });
});

describe('closing', () => {
  it.each([
    ['a socket that outlives its revocation', story().socket(5, 9_000).deactivate(10, 20)],
    ['one that connected after it', story().deactivate(10, 20).socket(30, 9_000)],
    ['one that is left open after its node goes on', story().socket(5, 19_000).deactivate(10, 20).fault(15, 5_000)],
    ['one that is never closed', story().socket(5, Infinity).deactivate(10, 20)],
  ])('flags %s', (_what, told) => {
    expect(told.broken()).toEqual(['closing']);
  });

  it.each([
    ['a socket that is closed', story().socket(5, 40).deactivate(10, 20)],
    ['one whose node can not run', story().socket(5, 5_100).deactivate(10, 20).fault(15, 5_000)],
    ['one that may be open again', story().socket(5, 9_000).deactivate(10, 20).activate(1_000, 1_010)],
    ['one whose end nobody knows of', story().socket(5, 9_000).deactivate(10, Infinity)],
    [
      'one that keeps its right',
      story()
        .socket(5, 9_000, { told: [30] })
        .write('agent:ana:hidePhone', true, 10, 20),
    ],
  ])('does not flag %s', (_what, told) => {
    expect(told.broken()).toEqual([]);
  });
});

describe('P3: receipts', () => {
  const reduced = (end: number, receipt: Partial<Receipt> | null) =>
    story().deactivate(100, end, { reduces: true, receipt });
  const expired = RECEIPT.nodes.map((node, index) => ({ ...node, outcome: index === 2 ? 'expired' : 'applied' }));
  const { listsLeft: _, ...incomplete } = RECEIPT;

  it.each([
    ['no receipt', reduced(120, null)],
    ['a receipt without a field', reduced(120, incomplete)],
    ['a slow answer in health', reduced(5_200, RECEIPT)],
    ['a long wait for nodes in health', reduced(3_200, { ...RECEIPT, elapsedMs: 3_100 })],
    ['one that is not enforced', reduced(120, { ...RECEIPT, enforcement: 'pending' })],
    ['an answer slower than a lease', reduced(6_200, { ...RECEIPT, nodes: expired }).fault(50, 9_000, { node: 2 })],
    ['a node that applied while it was down', reduced(120, RECEIPT).fault(50, 9_000, { node: 2 })],
  ])('flags %s', (_what, told) => {
    expect(told.broken()).toEqual(['P3']);
  });

  it.each([
    ['a fast and complete one', reduced(120, RECEIPT)],
    ['one that waited for a lease', reduced(3_300, { ...RECEIPT, nodes: expired }).fault(50, 9_000, { node: 2 })],
    ['a node that was stopped after it applied', reduced(120, RECEIPT).fault(110, 9_000, { node: 2 })],
    ['a write that gives', story().activate(100, 120)],
  ])('does not flag %s', (_what, told) => {
    expect(told.broken()).toEqual([]);
  });
});

describe('P4: liveness', () => {
  it.each([
    ['a refusal that nothing explains', story().asks(10, 20, denied)],
    ['silence where nothing explains it', story().asks(10, Infinity, { ok: false, code: 'no_answer' })],
    ['an answer withheld though nothing changed', story().asks(10_000, 10_020, { ...denied, code: 'access_changed' })],
    [
      'a refusal after the right was given',
      story()
        .write('team:clerks:permissions', ['inbox.read'], 10, 20)
        .write('agent:ana:team', 'clerks', 30, 40)
        .asks(41, 50, denied),
    ],
    [
      'an open socket that is not told of its rights',
      story().socket(5, 9_000).write('team:sales:permissions', ['inbox.read'], 10, 20),
    ],
    ['a subscription that is silent', story().socket(5, 15_000, { subscribedAt: 6, frames: [7, 4_000] })],
  ])('flags %s', (_what, told) => {
    expect(told.broken()).toEqual(['P4']);
  });

  it.each([
    [
      'an open socket that is told once of what is written twice',
      story()
        .socket(5, 9_000, { told: [15] })
        .write('agent:ana:hidePhone', true, 10, 20)
        .write('agent:ana:hidePhone', true, 30, 40),
    ],
    ['a refusal while the right is being taken away', story().asks(10, 20, denied).deactivate(15, 30)],
    [
      'an answer withheld during a change',
      story()
        .write('agent:ana:hidePhone', true, 5, 15)
        .asks(10, 20, { ...denied, code: 'access_changed' }),
    ],
    ['a refusal while nobody knows', story().deactivate(5, Infinity).asks(10, 20, denied)],
    ['a refusal of a session from before a deactivation', story().deactivate(5, 6).activate(7, 8).asks(10, 20, denied)],
    ['a failure on a node that is stopped', story().asks(10, 20, denied).fault(15, 18)],
    ['a failure on a node that comes back', story().asks(2_000, 2_010, denied).fault(15, 18)],
    [
      'an open socket that is told of its rights',
      story()
        .socket(5, 9_000, { told: [900] })
        .write('team:sales:permissions', ['inbox.read'], 10, 20),
    ],
    [
      "an open socket that is not told of another team's rights",
      story().socket(5, 9_000).write('team:clerks:permissions', [], 10, 20),
    ],
    ['a write that was refused', story().asks(10, 20, { ...denied, kind: 'report' })],
    ['a subscription that is heard', story().socket(5, 15_000, { subscribedAt: 6, frames: [5_000, 10_000] })],
    [
      'a subscription that is silent without Redis',
      story().socket(5, 15_000, { subscribedAt: 6 }).fault(100, 4_000, { kind: 'redis', part: 'redis', node: null }),
    ],
  ])('does not flag %s', (_what, told) => {
    expect(told.broken()).toEqual([]);
  });
});
