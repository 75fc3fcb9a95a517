/**
 * How each team of the demo lives: where it is, when its customers write, and how long its conversations are.
 * A team that is not known here (somebody tries things out) lives like the default one.
 */
export interface TeamProfile {
  /** Hours ahead of UTC. */
  zone: number;
  /** How much customers want to write by local hour, in any unit. */
  curve: readonly number[];
  /** The share of the capacity of those on shift that is in use when things go as planned. */
  load: number;
  /** Mean number of exchanges (question, answer) in a conversation. */
  exchanges: number;
  /** Median time an agent with a single conversation takes to answer. */
  replyMs: number;
}

/** Office hours with the two humps that contact centres see, before and after lunch. Nobody sleeps everywhere. */
const OFFICE = [
  0.6, 0.55, 0.5, 0.5, 0.5, 0.55, 0.65, 0.8, 1.05, 1.3, 1.45, 1.4, 1.25, 1.25, 1.35, 1.4, 1.3, 1.15, 1.05, 1, 0.9, 0.8,
  0.75, 0.65,
];
/** Shops and private customers: the evening is the busy time. */
const EVENING = [
  0.7, 0.6, 0.55, 0.5, 0.5, 0.55, 0.6, 0.7, 0.85, 0.95, 1.05, 1.1, 1.15, 1.1, 1.1, 1.15, 1.2, 1.3, 1.4, 1.45, 1.4, 1.25,
  1.05, 0.85,
];
/** Those who write when everybody else has closed. */
const NIGHT = [
  1.35, 1.3, 1.2, 1.15, 1.1, 1.1, 1.05, 0.95, 0.85, 0.75, 0.7, 0.7, 0.7, 0.7, 0.75, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.35,
  1.4, 1.4,
];

const DEFAULT: TeamProfile = { zone: 0, curve: OFFICE, load: 0.45, exchanges: 5, replyMs: 18_000 };

const BY_NAME: Readonly<Record<string, TeamProfile>> = {
  sales: { zone: -5, curve: OFFICE, load: 0.48, exchanges: 6, replyMs: 15_000 },
  support: { zone: 0, curve: EVENING, load: 0.52, exchanges: 5, replyMs: 20_000 },
  billing: { zone: 1, curve: OFFICE, load: 0.42, exchanges: 4, replyMs: 22_000 },
  onboarding: { zone: 5.5, curve: OFFICE, load: 0.4, exchanges: 7, replyMs: 24_000 },
  'night desk': { zone: 10, curve: NIGHT, load: 0.38, exchanges: 4, replyMs: 18_000 },
};

export function profileOf(teamName: string): TeamProfile {
  return BY_NAME[teamName.trim().toLowerCase()] ?? DEFAULT;
}

/** What customers do while they wait, and between an answer and their next question. */
export const CUSTOMER = {
  /** Answers the agent: log-normal. */
  replyMs: 24_000,
  replySigma: 0.8,
  /** Further messages in one go: each follows with this chance, after a few seconds. */
  another: 0.28,
  /** Asks again while nobody answers. */
  nudge: 0.2,
  nudgeMs: 75_000,
  /** Gives up when nobody takes the conversation (the patience of Palm's and of Garnett's Erlang-A model). */
  patienceMs: 240_000,
  /** Never reads the answer. */
  unread: 0.15,
} as const;

/** What agents do. Times are log-normal with these medians unless they are means. */
export const AGENT = {
  replySigma: 0.65,
  /** Each further conversation slows the answers in all of them by this share. */
  slowdown: 0.22,
  /** People differ: the spread of the pace over the floor. */
  paceSigma: 0.22,
  another: 0.3,
  /** After the last answer, until the conversation is closed. */
  wrapUpMs: 14_000,
  wrapUpSigma: 0.6,
  /** Mean time between two interruptions of an agent's work. */
  interruptionMs: 5 * 60_000,
  breakMs: 110_000,
  focusMs: 70_000,
  secondTabMs: 80_000,
  lossMs: 6_000,
  /** Finishing what is open at the end of a shift. */
  windDownMs: 60_000,
  shiftHours: 12,
} as const;

/** A team's bursts: a mailing goes out, something breaks. */
export const BURST = { everyMs: 7 * 60_000, lastsMs: 45_000, factorLow: 1.6, factorHigh: 3 } as const;

/** The mean of a log-normal with this median. */
export function logNormalMean(median: number, sigma: number): number {
  return median * Math.exp((sigma * sigma) / 2);
}
