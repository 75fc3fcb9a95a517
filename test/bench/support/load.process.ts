/** The process of a `LoadGenerator`. */
import { answerCalls } from '../../support/processes/answer.js';
import { LoadRun } from './load-run.js';
import type { LoadPlan, SourceModule } from './load.js';

async function run(argument: unknown) {
  const plan = argument as LoadPlan;
  if (!plan.source) return new LoadRun(plan, () => '').run();
  const { createSource } = (await import(plan.source.module)) as SourceModule;
  return new LoadRun(plan, createSource(plan.source.options)).run();
}

answerCalls({ run }, async () => undefined);
