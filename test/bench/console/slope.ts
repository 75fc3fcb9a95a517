/** How much values that follow one another at even times grow from one to the next: their least-squares line. Pure. */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const up = values.reduce((sum, value, n) => sum + (n - middle) * (value - mean), 0);
  return up / values.reduce((sum, _value, n) => sum + (n - middle) ** 2, 0);
}
