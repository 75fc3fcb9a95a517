/**
 * Which way imports may point. From top to bottom, each layer may import only what is below it; features of one
 * layer don't know each other. Way up: an event, or an interface that the upper one implements.
 * Checked by `test/architecture.spec.ts`.
 */
const LAYERS = [
  ['demo', 'workspaces'],
  ['dashboard', 'inbox', 'admin', 'reports'],
  ['alerts'],
  ['roster'],
  ['messages', 'chatwoot'],
  ['interactions'],
  ['density', 'presence', 'conversations'],
  ['permissions'],
  ['agents'],
  ['teams'],
  ['auth', 'webhooks', 'contacts'],
  ['access'],
  ['audit', 'privacy'],
  ['platform'],
];

const src = (features) => `^src/(${features.join('|')})/`;
const tests = '\\.spec\\.ts$';

const layers = LAYERS.flatMap((features, index) => {
  const above = LAYERS.slice(0, index).flat();
  return features.map((feature) => ({
    name: `${feature}-imports-downwards`,
    comment: 'Way up: publish an event, or declare an interface that the upper feature implements.',
    severity: 'error',
    from: { path: src([feature]), pathNot: tests },
    to: { path: src([...above, ...features.filter((other) => other !== feature)]) },
  }));
});

export default {
  forbidden: [
    ...layers,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contracts-import-nothing',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { pathNot: '^libs/contracts/' },
    },
    {
      name: 'client-imports-contracts',
      severity: 'error',
      from: { path: '^libs/client/', pathNot: tests },
      to: { pathNot: ['^libs/(client|contracts)/', '^node_modules/socket\\.io-client/'] },
    },
    {
      name: 'demo-speaks-from-outside',
      severity: 'error',
      from: { path: '^libs/demo/', pathNot: tests },
      to: { path: ['^src/', '^libs/console/'] },
    },
    {
      name: 'console-speaks-through-the-client',
      severity: 'error',
      from: { path: '^libs/console/' },
      to: { path: ['^src/', '^libs/demo/'] },
    },
    {
      name: 'the-server-knows-only-the-contracts',
      comment: 'Only the command line speaks to a server through the client.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', tests] },
      to: { path: '^libs/(client|demo|console)/' },
    },
    {
      name: 'socket.io-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/realtime/'] },
      to: { path: ['^node_modules/(socket\\.io|engine\\.io|ws)/', '^node_modules/@nestjs/platform-socket\\.io/'] },
    },
    {
      name: 'bullmq-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/jobs/' },
      to: { path: '^node_modules/bullmq/' },
    },
    {
      name: 'pure-rules-know-no-framework',
      severity: 'error',
      from: {
        path: [
          '^src/access/blueprint\\.ts$',
          '^src/auth/refresh\\.rule\\.ts$',
          '^src/conversations/assignability\\.ts$',
          '^src/density/window\\.ts$',
          '^src/privacy/mask\\.ts$',
          '^src/alerts/(measure|settle|threshold\\.rule)\\.ts$',
          '^src/webhooks/(retry\\.rule|signature)\\.ts$',
          '^src/messages/(message-status|sending/send-outcome)\\.rule\\.ts$',
          '^src/platform/http/outgoing/address\\.rule\\.ts$',
          '^src/roster/projection/',
          '^src/roster/drift/drift\\.ts$',
          '^src/reports/(range|rows|csv)\\.ts$',
          '^src/interactions/(interaction-input|whatsapp-payload)\\.ts$',
          '^libs/client/src/delta\\.ts$',
        ],
        pathNot: tests,
      },
      to: { path: '^node_modules/(@nestjs|@mikro-orm|ioredis|pg)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.muster)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
