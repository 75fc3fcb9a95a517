import { MusterProblem } from '#client';
import type { Problem } from '#contracts';

/** The problem a call is refused with; fails when it is not. */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  try {
    await call;
  } catch (error) {
    if (error instanceof MusterProblem) return error.problem;
    throw error;
  }
  throw new Error('The call was expected to be refused.');
}
