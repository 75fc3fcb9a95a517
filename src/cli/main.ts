/** The `muster` command line: lists the commands, and tells failures in one line with exit code 1. */
import { Command } from 'commander';
import { version } from '../platform/version.js';
import { registerAgents } from './agents/agents.command.js';
import { registerAudit } from './audit/audit.command.js';
import { registerDemo } from './demo/demo.command.js';
import { registerDoctor } from './doctor/doctor.command.js';
import { explain } from './explain.js';
import { registerWatch } from './watch/watch.command.js';

const program = new Command('muster')
  .description('Muster: the live roster for WhatsApp support teams')
  .version(version)
  .helpCommand(false)
  .showHelpAfterError('(add --help for what is possible)');

registerWatch(program);
registerDemo(program);
registerDoctor(program);
registerAgents(program);
registerAudit(program);

// A reader that has seen enough, as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`muster: ${explain(error)}\n`);
  process.exitCode = 1;
}
