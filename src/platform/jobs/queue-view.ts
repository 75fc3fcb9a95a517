/**
 * The queue, for people: bull-board at `/queues`.
 *
 * Who calls: `createApp`, with who admits a request and to which workspace's jobs. Guaranteed: only looking, only at
 * the jobs of that workspace, which hold ids, names and kinds of errors; every page and answer asks for admission
 * again. What must never happen: a way to change the queue here (the outbox decides what runs), or anything loaded
 * from elsewhere.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { createBullBoard } from '@bull-board/api';
import type {
  BullBoardQueues,
  AppControllerRoute,
  AppViewRoute,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE } from '../errors/problem.filter.js';
import { toProblemException } from '../errors/to-problem.js';
import type { JobQueue } from './job-queue.js';
import { WorkspaceJobs } from './workspace-jobs.js';

const PREFIX = '/queues';
/** Of the page that comes with the board: a font from elsewhere, and what is shown meanwhile in styles not let in. */
const FOREIGN = /<link href="https:[^>]*>|(?<=<div id="root">).*(?=<\/div>\s*<script)/gs;
const SETTINGS: UIConfig = {
  boardTitle: 'Muster: jobs',
  hideDocsLink: true,
  hideRedisDetails: true,
  showMetrics: false,
  showWorkers: false,
};

const NO_ENTRY: AppViewRoute = { method: 'get', route: [], handler: () => ({ name: '', params: {} }) };

/** Resolves to the workspace whose jobs may be seen; throws a problem otherwise. */
export type Admission = (request: FastifyRequest) => Promise<string>;

/** What a look at the queue may come with. */
interface Looked {
  Querystring: Record<string, string>;
  Params: Record<string, string>;
}

/** Adds the view's routes. */
export async function addQueueView(server: FastifyInstance, queue: JobQueue, admit: Admission): Promise<void> {
  const board = describeBoard();
  await server.register(
    async (view) => {
      const workspaces = new WeakMap<FastifyRequest, string>();
      view.setErrorHandler(refuse);
      view.addHook('onRequest', async (request, reply) => {
        void reply.header('Cache-Control', 'no-store');
        workspaces.set(request, await admit(request));
      });
      await view.register(fastifyStatic, { root: board.assets, prefix: '/static/', decorateReply: false });
      const page = fill(board.page, board.entry.handler({ basePath: PREFIX, uiConfig: SETTINGS }).params);
      for (const url of [board.entry.route].flat()) {
        view.get(url, (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
      }
      const jobsOf = async (request: FastifyRequest): Promise<BullBoardQueues> => {
        const queues = Object.values(await queue.ready());
        const jobs = queues.map((each) => new WorkspaceJobs(each, workspaces.get(request) ?? ''));
        return new Map(jobs.map((each) => [each.getName(), each]));
      };
      for (const route of board.looks) addLook(view, route, jobsOf);
    },
    { prefix: PREFIX },
  );
}

function addLook(
  view: FastifyInstance,
  { route, handler }: AppControllerRoute,
  jobsOf: (request: FastifyRequest) => Promise<BullBoardQueues>,
): void {
  for (const url of [route].flat()) {
    view.get(url, async (request, reply) => {
      const { query, params } = request as FastifyRequest<Looked>;
      const answer = await handler({
        queues: await jobsOf(request),
        uiConfig: SETTINGS,
        query,
        params,
        headers: {},
        body: {},
      });
      return reply.status(answer.status ?? 200).send(answer.body);
    });
  }
}

/** What the board would have a server do, of which only looking is taken. */
function describeBoard() {
  const board = { folder: '', assets: '', entry: NO_ENTRY, routes: [] as AppControllerRoute[] };
  const keep = (part: Partial<typeof board>) => Object.assign(board, part) && adapter;
  const adapter: IServerAdapter = {
    setQueues: () => adapter,
    setErrorHandler: () => adapter,
    setUIConfig: () => adapter,
    setViewsPath: (folder) => keep({ folder }),
    setStaticPath: (_route, assets) => keep({ assets }),
    setEntryRoute: (entry) => keep({ entry }),
    setApiRoutes: (routes) => keep({ routes }),
  };
  createBullBoard({ queues: [], serverAdapter: adapter });
  const page = readFileSync(join(board.folder, 'index.ejs'), 'utf8').replace(FOREIGN, '');
  const looks = board.routes.filter(({ method }) => [method].flat().every((one) => one === 'get'));
  return { entry: board.entry, looks, assets: board.assets, page };
}

/** Fills in the page's few values, all of which are ours. */
function fill(page: string, values: Record<string, string>): string {
  return page.replace(/<%[-=] (\w+) %>/g, (_, name: string) => values[name] ?? '');
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblemException(error);
  if (problem.status === 401) void reply.header('WWW-Authenticate', 'Basic realm="Muster: an API key as the password"');
  if (problem.extras.retryAfter) void reply.header('Retry-After', problem.extras.retryAfter);
  void reply
    .status(problem.status)
    .header('Content-Type', PROBLEM_TYPE)
    .send(JSON.stringify(problem.toProblem(request.id)));
}
