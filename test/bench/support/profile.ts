/** Where the CPU time of a server goes, from the profile of V8's sampler. */
import type { Profiler } from 'node:inspector';

export type CpuProfile = Profiler.Profile;

export interface Share {
  name: string;
  /** Of the time the CPU was in use, 0 to 1. */
  share: number;
}

type Node = Profiler.ProfileNode;

const IDLE = '(idle)';
/** Starting and stopping the profiler itself. */
const PROFILER = 'node:inspector';

/** Self time by owner: a package, a folder of ours, a module of Node, the garbage collector. Largest first. */
export function sharesByOwner(profile: CpuProfile): Share[] {
  const parents = parentsOf(profile);
  return shares(profile, (node) => ownerOf(node, parents));
}

/** Self time by function. Largest first. */
export function sharesByFunction(profile: CpuProfile): Share[] {
  const parents = parentsOf(profile);
  return shares(profile, (node) => `${node.callFrame.functionName || '(anonymous)'} · ${ownerOf(node, parents)}`);
}

function shares(profile: CpuProfile, nameOf: (node: Node) => string): Share[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = new Map<string, number>();
  let used = 0;
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const node = nodes.get(id);
    const time = profile.timeDeltas?.[index] ?? 0;
    if (!node || node.callFrame.functionName === IDLE || node.callFrame.url === PROFILER) continue;
    const name = nameOf(node);
    times.set(name, (times.get(name) ?? 0) + time);
    used += time;
  }
  const all = [...times].map(([name, time]) => ({ name, share: time / used }));
  return all.sort((a, b) => b.share - a.share);
}

function parentsOf(profile: CpuProfile): Map<number, Node> {
  return new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
}

/** Built-in functions have no file: they count for who called them. */
function ownerOf(node: Node, parents: Map<number, Node>): string {
  for (let at: Node | undefined = node; at; at = parents.get(at.id)) {
    const { url, functionName } = at.callFrame;
    if (url !== '') return ownerOfFile(url);
    if (/^\((garbage collector|program)\)$/.test(functionName)) return functionName;
  }
  return '(program)';
}

function ownerOfFile(url: string): string {
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency) return dependency;
  const [, folder, rest = ''] = /\/dist\/(src|libs|test)\/(.*)$/.exec(url) ?? [];
  if (!folder) return url.replace(/^node:(internal\/)?([^/]+).*$/, 'node:$2');
  const depth = rest.startsWith('platform/') ? 2 : 1;
  return `${folder}/${rest.split('/').slice(0, depth).join('/')}`;
}
