import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataDir } from './data-dir.js';
import { explainFileError, LaunchError } from './launch.error.js';

type Source = Record<string, string | undefined>;

/** Letters and digits that can't be taken for one another. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** The secrets that Muster needs, and how one of each is made. */
const GENERATED = {
  MUSTER_JWT_SECRET: () => randomBytes(48).toString('base64url'),
  MUSTER_PHONE_KEY: () => randomBytes(32).toString('base64'),
  MUSTER_WHATSAPP_APP_SECRET: () => randomBytes(16).toString('hex'),
  MUSTER_WHATSAPP_VERIFY_TOKEN: () => randomBytes(16).toString('hex'),
  MUSTER_ADMIN_PASSWORD: readablePassword,
};

export type SecretName = keyof typeof GENERATED;

/**
 * The secrets of the embedded mode: what the environment gives (by value or by its `_FILE` twin) wins, the rest is made
 * once and kept in the data folder, readable by its owner only.
 */
export function embeddedSecrets(dir: DataDir, env: Source): Record<SecretName, string> {
  const entries = Object.entries(GENERATED).map(([name, make]) => [
    name,
    given(env, name) ?? keptSecret(dir, name, make),
  ]);
  return Object.fromEntries(entries) as Record<SecretName, string>;
}

/** A secret from the data folder, made on the first use. */
export function keptSecret(
  dir: DataDir,
  name: string,
  make: () => string = () => randomBytes(24).toString('hex'),
): string {
  const file = join(dir.secrets, name);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = make();
  try {
    // Complete or absent: half a key would be taken for the whole one.
    writeFileSync(`${file}.new`, `${secret}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw explainFileError(error, file);
  }
  return secret;
}

/** What the environment says, by value or by the file that the `_FILE` twin names. */
function given(env: Source, name: string): string | undefined {
  if (env[name]) return env[name];
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new LaunchError(`${name}_FILE has a wrong value: expected the path of a readable file`);
  }
}

function readablePassword(): string {
  const group = () => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}
