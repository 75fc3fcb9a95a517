/** A node of a test's own with a database of its own, and browsers that look at it. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { MusterApi } from '#client';
import { createDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';
import { kill, nodeEnvironment, type NodeProcess, startProcess, stop } from '../../support/node-process.js';
import { ADMIN } from '../../support/nodes.js';
import { chromiumPath } from '../../support/chromium.js';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const MORE_FLAGS = ['--disable-sync', '--no-first-run'];

export interface OpenOptions {
  path?: string;
  theme?: 'light' | 'dark';
  language?: string;
  width?: number;
  height?: number;
}

/** One window of one person: nothing is shared with others. */
export interface Window {
  page: Page;
  /** What the page complained about: errors, and what its Content-Security-Policy refused. */
  complaints: string[];
  /** Addresses that were asked for, outside the node. */
  outside: string[];
  close(): Promise<void>;
}

export class Site {
  private constructor(
    readonly url: string,
    private readonly port: number,
    private readonly environment: NodeJS.ProcessEnv,
    private node: NodeProcess,
    private readonly browser: Browser,
    private readonly database: Awaited<ReturnType<typeof createDatabase>>,
  ) {}

  static async start(): Promise<Site> {
    const database = await createDatabase();
    const port = await freePort();
    const environment = nodeEnvironment(database.url, {
      MUSTER_REDIS_PREFIX: `browser-${port}`,
      MUSTER_OUTGOING_LOOPBACK: 'on',
    });
    const node = await startProcess(port, environment);
    const executablePath = await chromiumPath();
    const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...MORE_FLAGS] });
    return new Site(node.url, port, environment, node, browser, database);
  }

  /** To look into the database past the node, as the user who owns it. */
  get databaseUrl(): string {
    return this.database.url;
  }

  /** The SDK as the first administrator. */
  async admin(): Promise<MusterApi> {
    return this.login(ADMIN.email, ADMIN.password);
  }

  async login(email: string, password: string): Promise<MusterApi> {
    const api = new MusterApi({ url: this.url });
    await api.auth.login({ email, password });
    return api;
  }

  /** A new browser profile at the console. */
  async open({
    path = '/',
    theme = 'light',
    language = 'en',
    width = 1280,
    height = 800,
  }: OpenOptions = {}): Promise<Window> {
    const context = await this.browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(20_000);
    const chosen = { 'muster.theme': theme, 'muster.language': language };
    await context.addInitScript(`Object.assign(localStorage, ${JSON.stringify(chosen)})`);
    const window = watched(context, await context.newPage(), this.url);
    await window.page.goto(`${this.url}/console${path}`);
    return window;
  }

  /** A window in which somebody is signed in, at a screen. */
  async openAs(email: string, password: string, options: OpenOptions = {}): Promise<Window> {
    const window = await this.open(options);
    await signIn(window.page, email, password);
    return window;
  }

  openAsAdmin(options: OpenOptions = {}): Promise<Window> {
    return this.openAs(ADMIN.email, ADMIN.password, options);
  }

  /** The node ends without a word. */
  async crash(): Promise<void> {
    await kill(this.node);
  }

  /** The node is there again, at the same address. */
  async restart(): Promise<void> {
    this.node = await startProcess(this.port, this.environment);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await stop(this.node);
    await this.database.drop();
  }
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('#screen h1').waitFor();
}

function watched(context: BrowserContext, page: Page, url: string): Window {
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A browser reports each refused or failed request as an error of its own; that they come is part of the tests.
    const isNetwork = /Failed to load resource|WebSocket connection|net::ERR/.test(message.text());
    if (message.type() === 'error' && !isNetwork) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const address = request.url();
    if (/^(http|ws)/.test(address) && new URL(address).host !== new URL(url).host) outside.push(address);
  });
  return { page, complaints, outside, close: () => context.close() };
}
