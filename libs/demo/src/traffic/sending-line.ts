import { type MusterApi, MusterProblem } from '#client';
import type { FakeCloudApi } from '../whatsapp/fake-cloud-api.js';
import type { Courier } from './courier.js';

/** Meta's id of the number that the demo's answers are sent from, where a team has none of its own. */
export const DEMO_NUMBER_ID = '555010000000000';
const NAME = 'Demo line';

/**
 * Connects the demo's number to the demo's own Cloud API. False where Muster doesn't call this machine (it is another
 * one, or not a demo): answers are then reported as another inbox would.
 */
export async function connectLine(admin: MusterApi, courier: Courier, api: FakeCloudApi): Promise<boolean> {
  const { data } = await courier.send(() => admin.channels.list({ limit: 200 }));
  const known = data.find(({ phoneNumberId }) => phoneNumberId === DEMO_NUMBER_ID);
  const { token, url: apiBaseUrl } = api;
  const settings = { name: NAME, token, apiBaseUrl };
  try {
    await courier.send(() =>
      known
        ? admin.channels.update(known.id, settings)
        : admin.channels.create({ ...settings, phoneNumberId: DEMO_NUMBER_ID }),
    );
    return true;
  } catch (error) {
    if (error instanceof MusterProblem && error.code === 'validation_failed') return false;
    throw error;
  }
}
