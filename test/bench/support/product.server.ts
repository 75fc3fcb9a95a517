import { createApp } from '../../../src/app.js';
import { type ProductOptions, productConfig } from './product.js';
import type { RunningServer } from './server.js';

/** A node of the product as it is shipped. */
export async function start(options: ProductOptions): Promise<RunningServer> {
  const app = await createApp(productConfig(options));
  await app.listen(0, '127.0.0.1');
  return { port: Number(new URL(await app.getUrl()).port), close: () => app.close() };
}
