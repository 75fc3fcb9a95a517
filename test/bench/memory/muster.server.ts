import { settledMemory } from '../support/memory.js';
import type { ProductOptions } from '../support/product.js';
import { start as startProduct } from '../support/product.server.js';
import type { RunningServer } from '../support/server.js';

/** A node of the product that can say what it holds. */
export async function start(options: ProductOptions): Promise<RunningServer> {
  const server = await startProduct(options);
  return { ...server, methods: { memory: settledMemory } };
}
