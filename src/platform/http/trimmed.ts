/** For `@Transform`: text without the spaces around it; anything else as it is, for the validators to refuse. */
export function trimmed({ value }: { value: unknown }): unknown {
  return typeof value === 'string' ? value.trim() : value;
}
