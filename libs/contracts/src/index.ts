/** The wire: what Muster and its clients agree on. Imports nothing. */
export * from './access.js';
export * from './agent-files.js';
export * from './alerts.js';
export * from './diagnosis.js';
export * from './audit.js';
export * from './events.js';
export * from './messages.js';
export * from './permissions.js';
export * from './problem.js';
export * from './receipts.js';
export * from './reports.js';
export * from './requests.js';
export * from './sessions.js';
export * from './timeline.js';
export * from './views.js';
export * from './webhooks.js';
export * from './writes.js';
