/**
 * The permission catalogue: every right a team's blueprint can grant, by module.
 * Keys are `module.action`. Modules Muster does not implement itself (campaigns, automations …) are
 * listed too, because other services of the platform ask Muster who may use them.
 */
const CATALOGUE = {
  inbox: {
    read: ['Read the inbox', 'See conversations and who can take the next one'],
    reply: ['Answer customers', 'Take, answer, resolve and reopen conversations'],
    assign: ['Assign conversations', 'Create conversations, assign them to others, unassign and transfer them'],
  },
  contacts: {
    read: ['Read contacts', 'See the contacts of the workspace'],
    edit: ['Edit contacts', 'Create and change contacts'],
    export: ['Export contacts', 'Download contacts as a file'],
    'reveal-phone': ['Reveal phone numbers', 'See a raw customer number, for a stated reason that is recorded'],
  },
  tasks: { read: ['Read tasks', 'See tasks'], manage: ['Manage tasks', 'Create, change and close tasks'] },
  campaigns: {
    read: ['Read campaigns', 'See campaigns and their results'],
    manage: ['Manage campaigns', 'Create, schedule and stop campaigns'],
  },
  automations: {
    read: ['Read automations', 'See automations'],
    manage: ['Manage automations', 'Create, change and switch automations'],
  },
  templates: {
    read: ['Read templates', 'See message templates'],
    manage: ['Manage templates', 'Create, submit and delete message templates'],
  },
  media: { read: ['Read media', 'See the media library'], manage: ['Manage media', 'Upload and delete media'] },
  tags: { manage: ['Manage tags', 'Create, rename and delete tags'] },
  ai: { read: ['Use AI features', 'See suggestions and summaries'], manage: ['Manage AI', 'Configure AI features'] },
  dashboard: { view: ['Watch the live dashboard', 'See presence, load and density of every agent, live'] },
  reports: { view: ['View reports', 'See reports over past activity'] },
  agents: {
    read: ['Read agents', 'See agents, their timelines and diagnoses'],
    manage: ['Manage agents', 'Create, change, deactivate and delete agents'],
    presence: ['Set presence of others', "Change another agent's availability"],
  },
  teams: {
    read: ['Read teams', 'See teams and the permission catalogue'],
    manage: ['Manage teams', 'Create, change and delete teams and their blueprints'],
  },
  audit: { read: ['Read the audit log', 'See who changed what, and when'] },
  'api-keys': { manage: ['Manage API keys', 'Create and revoke API keys'] },
  settings: { manage: ['Manage settings', 'Change channels, thresholds and webhooks'] },
  interactions: { write: ['Report interactions', 'Send interactions to Muster from another service'] },
} as const satisfies Record<string, Record<string, readonly [label: string, description: string]>>;

type Catalogue = typeof CATALOGUE;

/** A right, as `module.action`, for example `inbox.reply`. */
export type Permission = { [M in keyof Catalogue]: `${M & string}.${keyof Catalogue[M] & string}` }[keyof Catalogue];

/** One right with what people call it. */
export interface PermissionEntry {
  key: Permission;
  label: string;
  description: string;
}

/** The rights of one module, in the order they are shown. */
export interface PermissionModule {
  module: string;
  permissions: PermissionEntry[];
}

/** The answer of `GET /permissions`. */
export interface PermissionCatalogue {
  data: PermissionModule[];
}

/** The catalogue as it is shown: modules with their permissions, in display order. */
export const PERMISSION_MODULES: readonly PermissionModule[] = Object.entries(CATALOGUE).map(([module, actions]) => ({
  module,
  permissions: Object.entries(actions).map(([action, [label, description]]) => ({
    key: `${module}.${action}` as Permission,
    label,
    description,
  })),
}));

/** Every permission key, in display order. */
export const PERMISSIONS: readonly Permission[] = PERMISSION_MODULES.flatMap((module) =>
  module.permissions.map((permission) => permission.key),
);

const KNOWN: ReadonlySet<string> = new Set(PERMISSIONS);

/** Whether `value` is a key of the catalogue. */
export function isPermission(value: unknown): value is Permission {
  return typeof value === 'string' && KNOWN.has(value);
}
