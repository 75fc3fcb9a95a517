/**
 * One set-up at a time in a clone, healing by itself after `kill -9`.
 *
 * Every contender makes a file of its own whose name says which process it is (pid and start time), then looks for
 * files of other living processes: none means it holds the lock. As a name is never used twice, sweeping away the file
 * of a dead process can not hit a living one. The tools that the holder starts (npm, apt) get a file too: they outlive
 * a killed holder, and two installs at once would corrupt `node_modules`.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_DIR, makeFolder } from './paths.mjs';

const NAME = /^setup\.(\d+)\.([\w-]+)$/;

export class SetupLock {
  /** @type {string[]} */
  #files = [];

  /**
   * Makes `pid`, a child of the holder, a holder as well until `release` or its end.
   * @param {number} pid
   */
  include(pid) {
    const started = startOf(pid);
    if (started === null) return;
    const file = join(LOCK_DIR, `setup.${pid}.${started}`);
    this.#files.push(file);
    writeFileSync(file, '');
  }

  /**
   * The pid of another living holder or contender, or null.
   * @returns {number | null}
   */
  other() {
    for (const name of readdirSync(LOCK_DIR)) {
      const [, pid, started] = NAME.exec(name) ?? [];
      if (!pid || this.#files.includes(join(LOCK_DIR, name))) continue;
      if (startOf(Number(pid)) === started) return Number(pid);
      rmSync(join(LOCK_DIR, name), { force: true });
    }
    return null;
  }

  release() {
    for (const file of this.#files.splice(0)) rmSync(file, { force: true });
  }
}

/**
 * Runs `work` while no other set-up runs in this clone.
 * @param {(lock: SetupLock) => Promise<void>} work
 */
export async function withSetupLock(work) {
  makeFolder(LOCK_DIR);
  const lock = await acquire();
  try {
    await work(lock);
  } finally {
    lock.release();
  }
}

async function acquire() {
  const lock = new SetupLock();
  let told = 0;
  for (;;) {
    lock.include(process.pid);
    const other = lock.other();
    if (other === null) return lock;
    lock.release();
    if (told !== other) process.stderr.write(`  waiting for another set-up of this clone (process ${other})\n`);
    told = other;
    await sleep(100 + Math.random() * 300);
  }
}

/**
 * When a living process started, in a form that tells it from a later one with the same pid; null for a dead one.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    if (process.platform !== 'linux') {
      const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
      return String(Date.parse(started));
    }
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${boot}-${fields[19]}`;
  } catch {
    return null;
  }
}
