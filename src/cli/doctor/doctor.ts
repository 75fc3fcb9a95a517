import type { Source } from '../../platform/config/read-environment.js';
import { checkConfiguration } from './configuration.check.js';
import { checkDataFolder, checkDisk, checkEmbedded } from './data-folder.check.js';
import type { Finding } from './finding.js';
import { checkNode, checkPackages } from './platform.check.js';
import { checkPort } from './port.check.js';
import { checkPostgres } from './postgres.check.js';
import { checkRedis } from './redis.check.js';
import { type Subject, subjectOf } from './subject.js';

type Check = (subject: Subject) => Finding[] | Promise<Finding[]>;

const CHECKS: readonly Check[] = [
  checkNode,
  checkPackages,
  checkConfiguration,
  checkDataFolder,
  checkDisk,
  checkEmbedded,
  checkPostgres,
  checkRedis,
  checkPort,
];

/** Looks at the installation that these variables describe, all at once. Changes nothing and throws nothing. */
export async function diagnose(source: Source): Promise<Finding[]> {
  const subject = subjectOf(source);
  const findings = await Promise.all(CHECKS.map(async (check) => check(subject)));
  return findings.flat();
}
