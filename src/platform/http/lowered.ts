/** For `@Transform`: an id as PostgreSQL writes it, so that equal ids are equal texts; anything else as it is. */
export function lowered({ value }: { value: unknown }): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** As `lowered`, for a list of ids. */
export function allLowered({ value }: { value: unknown }): unknown {
  return Array.isArray(value) ? value.map((id: unknown) => lowered({ value: id })) : value;
}
