import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { ProblemDetail } from '#contracts';
import { type ProblemException, validationFailed } from '../errors/problem.exception.js';
import { requireBounded } from './bounds.js';

/** Validates bodies and queries with class-validator; unknown members are refused, and so is what has no bounds. */
class BoundedValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => validationProblem(errors),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (this.toValidate(metadata)) requireBounded(value);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

export function createValidationPipe(): ValidationPipe {
  return new BoundedValidationPipe();
}

/** class-validator's findings as a problem. */
function validationProblem(errors: ValidationError[]): ProblemException {
  return validationFailed(errors.flatMap((error) => details(error, '')));
}

function details(error: ValidationError, parent: string): ProblemDetail[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    pointer,
    code: codeOf(error, constraint),
    detail: sentence(constraint === 'whitelistValidation' ? `${error.property} is not a known field` : message),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => details(child, pointer))];
}

function codeOf(error: ValidationError, constraint: string): string {
  if (constraint === 'whitelistValidation') return 'unknown_field';
  const context: unknown = error.contexts?.[constraint];
  const code = (context as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : constraint.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
}
