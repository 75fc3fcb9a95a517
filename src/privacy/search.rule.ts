import { ProblemException } from '../platform/errors/problem.exception.js';
import type { Viewer } from './contact-gate.js';
import { saysDigits } from './mask.js';

/**
 * Names and external ids may be numbers: finding one by its digits would tell them to who may not know them. Throws 403
 * `phone_hidden`.
 */
export function requireNoDigits(viewer: Viewer, q: string | undefined): void {
  if (!viewer.hidePhone || !q || !saysDigits(q)) return;
  const detail = 'Customer numbers are hidden from you, so you can not search for digits, nor for Chinese numerals.';
  throw new ProblemException('phone_hidden', detail);
}
