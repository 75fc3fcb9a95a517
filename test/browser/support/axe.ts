import { AxeBuilder } from '@axe-core/playwright';
import type { Window } from './site.js';

/** Resolves when what was changed is drawn and no colour is on its way to another. */
const SETTLED = `(async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map((one) => one.finished));
})()`;

/** What keeps the screen from being accessible, as it is now. */
export async function violationsOf({ page }: Window): Promise<string[]> {
  await page.evaluate(SETTLED);
  // There are no frames from elsewhere, for which axe would open a window of its own each time.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
