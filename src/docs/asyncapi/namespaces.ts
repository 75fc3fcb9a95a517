/** What there is to say of a namespace beyond its events. */
export interface Namespace {
  title: string;
  description: string;
}

const NAMESPACES: Record<string, Namespace> = {
  dashboard: {
    title: 'The floor, live',
    description:
      'For supervisors: every agent with presence, load, density and who waits. Connecting needs the permission ' +
      '`dashboard.view`; subscribing needs nothing more.',
  },
  inbox: {
    title: 'The inbox',
    description:
      'For agents at work: who can take the next conversation, and what happens to conversations. Connecting needs the ' +
      'permission `inbox.read`. An open socket of a session is what makes its agent connected: for 10 seconds after ' +
      'the connection is lost, and not at all after it is closed or the agent logs out.',
  },
};

export function namespaceOf(name: string): Namespace {
  return NAMESPACES[name] ?? { title: `/${name}`, description: `Events of \`/${name}\`.` };
}
