/** What the demo workspace is made of: teams with plausible blueprints, and the names of the people in them. */
import type { Permission } from '#contracts';

/** A team of the demo. */
export interface DemoTeam {
  name: string;
  description: string;
  capacity: number;
  permissions: Permission[];
  /** How many agents are in it. */
  agents: number;
  /** The WhatsApp number of the team, as Meta calls it. */
  phoneNumberId: string;
  /** Begins the numbers of its agents, all from a range that a regulator keeps for films and books. */
  phones: { prefix: string; digits: number; first: number };
}

const EVERYBODY: Permission[] = [
  'inbox.read',
  'inbox.reply',
  'contacts.read',
  'templates.read',
  'tasks.read',
  'ai.read',
];

export const DEMO_TEAMS: readonly DemoTeam[] = [
  {
    name: 'Sales',
    description: 'Answers people who want to buy, from New York. May look after its own campaigns and tags.',
    capacity: 4,
    permissions: [
      ...EVERYBODY,
      'contacts.edit',
      'contacts.export',
      'campaigns.read',
      'campaigns.manage',
      'tags.manage',
    ],
    agents: 48,
    phoneNumberId: '555010000000001',
    phones: { prefix: '+164655501', digits: 2, first: 0 },
  },
  {
    name: 'Support',
    description: 'First line for everything that does not work, from London. The busiest team.',
    capacity: 6,
    permissions: [...EVERYBODY, 'contacts.edit', 'tasks.manage', 'media.read', 'tags.manage', 'automations.read'],
    agents: 64,
    phoneNumberId: '555010000000002',
    phones: { prefix: '+447700900', digits: 3, first: 0 },
  },
  {
    name: 'Billing',
    description: 'Invoices, refunds and failed payments, from Berlin.',
    capacity: 5,
    permissions: [...EVERYBODY, 'contacts.edit', 'contacts.reveal-phone', 'reports.view'],
    agents: 32,
    phoneNumberId: '555010000000003',
    phones: { prefix: '+493023125', digits: 3, first: 100 },
  },
  {
    name: 'Onboarding',
    description: 'Walks new customers through their first weeks, from Bengaluru. Few conversations, long ones.',
    capacity: 3,
    permissions: [
      ...EVERYBODY,
      'contacts.edit',
      'tasks.manage',
      'automations.read',
      'automations.manage',
      'media.manage',
    ],
    agents: 28,
    phoneNumberId: '555010000000004',
    phones: { prefix: '+447700900', digits: 3, first: 100 },
  },
  {
    name: 'Night desk',
    description:
      'Covers all teams while they sleep, from Sydney. Works without a supervisor: it watches the floor itself.',
    capacity: 8,
    permissions: [
      ...EVERYBODY,
      'inbox.assign',
      'dashboard.view',
      'agents.read',
      'agents.presence',
      'teams.read',
      'reports.view',
    ],
    agents: 28,
    phoneNumberId: '555010000000005',
    phones: { prefix: '+6125550', digits: 4, first: 100 },
  },
];

/** First and last names that go together; an agent gets both from one line. */
export const NAMES: readonly { first: readonly string[]; last: readonly string[] }[] = [
  names('Olivia Noah Grace Ethan Harper Caleb Naomi Wyatt', 'Bennett Carter Hayes Sullivan Brooks Foster Reed'),
  names('Amelia Oliver Isla Alfie Freya Rhys Imogen Callum', 'Ashworth Clarke Davies Fraser Hughes Pritchard Walsh'),
  names('Camille Lucas Léa Hugo Manon Théo Inès Bastien', 'Bernard Dubois Fontaine Laurent Marchand Moreau Petit'),
  names('Lena Jonas Mia Felix Hannah Moritz Greta Anton', 'Becker Fischer Hoffmann Krüger Schäfer Vogel Winkler'),
  names(
    'Lucía Mateo Carmen Diego Elena Álvaro Nuria Pablo',
    'Castillo Fernández Gutiérrez Herrera Molina Ortega Vidal',
  ),
  names(
    'Beatriz Rafael Mariana Thiago Camila João Larissa Bruno',
    'Almeida Barbosa Cardoso Ferreira Nogueira Ribeiro Teixeira',
  ),
  names('Priya Aarav Ananya Rohan Kavya Vikram Meera Arjun', 'Chatterjee Desai Iyer Kulkarni Menon Nair Sharma'),
  names('Layla Omar Nour Yusuf Salma Karim Dina Tariq', 'Abdallah Darwish Farouk Haddad Khalil Mansour Saleh'),
  names('Zanele Thabo Amara Kwame Ngozi Chidi Abena Sipho', 'Adeyemi Boateng Dlamini Eze Mensah Nkosi Okafor'),
  names('Mei Wei Yui Haruto Linh Minh Jiwoo Minjun', 'Chen Huang Kim Nakamura Nguyen Park Tanaka'),
  names(
    'Zofia Marek Ioana Andrei Olena Taras Petra Jakub',
    'Dvořák Ionescu Kovalenko Lewandowski Nowak Popescu Svoboda',
  ),
];

/** Why somebody is inactive, or has limits of their own. */
export const NOTES = {
  onLeave: 'On parental leave; account switched off by policy until the return.',
  training: 'In training: at most two conversations at once, always next to somebody experienced.',
  contractor: 'Contractor. Sees masked numbers only (see the data protection agreement).',
  senior: 'Senior: takes difficult cases, may have more conversations than the team.',
} as const;

function names(first: string, last: string): { first: string[]; last: string[] } {
  return { first: first.split(' '), last: last.split(' ') };
}
