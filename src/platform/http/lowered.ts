/** For `@Transform`: an id as PostgreSQL writes it, so that equal ids are equal texts; anything else as it is. */
export function lowered({ value }: { value: unknown }): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
