import { guardTransport, isControl } from './transport-gate.js';

const message = (data: string) => ({ type: 'message', data });

describe('the gate in front of a transport', () => {
  const controls = [
    { type: 'ping' },
    message('0/inbox,{"sid":"x"}'),
    message('1/inbox,'),
    message('4/inbox,{"message":"no"}'),
    message('2/inbox,["session.closed",{"code":"agent_inactive"}]'),
    message('3/inbox,12[{"ok":false,"error":{}}]'),
  ];
  const contents = [
    message('2/inbox,["conversation.assigned",{"id":"session.closed"}]'),
    message('2/inbox,["permissions.changed",{}]'),
    message('3/inbox,12[{"ok":true,"data":{}}]'),
    message('2["session"]'),
    { type: 'message', data: Buffer.from('1') },
  ];

  it.each(controls)('knows %j as control', (packet) => expect(isControl(packet)).toBe(true));
  it.each(contents)('knows %j as content', (packet) => expect(isControl(packet)).toBe(false));

  it('sends while the node may act', () => {
    const { connection, sent, closed } = fakeConnection();
    guardTransport(connection, () => true);
    connection.transport.send(contents);
    expect(sent).toEqual(contents);
    expect(closed()).toBe(false);
  });

  it('ends the connection instead of sending content once the node may not act', () => {
    const { connection, sent, closed } = fakeConnection();
    guardTransport(connection, () => false);
    connection.transport.send(controls);
    expect(sent).toEqual(controls);
    connection.transport.send([...controls, ...contents]);
    expect(sent).toEqual(controls);
    expect(closed()).toBe(true);
  });
});

function fakeConnection() {
  const sent: unknown[] = [];
  let isClosed = false;
  const connection = {
    transport: { send: (packets: unknown[]) => void sent.push(...packets) },
    close: () => {
      isClosed = true;
    },
  };
  return { connection, sent, closed: () => isClosed };
}
