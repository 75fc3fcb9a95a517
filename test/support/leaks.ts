/**
 * Finds customers' numbers in bytes, however they are written: with separators, in other scripts, backwards, in hex, or
 * within base64 of any alignment, as WhatsApp's ids have them. A run of so many digits of a number is a leak.
 */
const RUN = 6;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Times and entity tags of ours, which have digits of their own. */
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(?:Z|[+-]\d\d:\d\d)|(?<!\d)1[789]\d{11}(?!\d)/g;
const SEPARATED = /(?<=\d)[^\p{L}\p{N}"{}[\],:]{1,3}(?=\d)/gu;
const BASE64 = /[A-Za-z0-9+/_-]{8,}/g;
/** Hashes and encrypted texts have digits by chance: they are read as the bytes they are. */
const BYTES = /(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{24,}(?![0-9a-z])/g;
const HEX = /(?:[0-9a-f]{2}){4,}/gi;

export interface Leak {
  run: string;
  around: string;
}

/** What of `numbers` is in `text`. */
export function leaksIn(text: string, numbers: readonly string[]): Leak[] {
  const runs = new Set(numbers.flatMap(runsOf));
  return readings(text.replaceAll(UUID, '<id>').replaceAll(TIME, '<time>')).flatMap((reading) => find(reading, runs));
}

function runsOf(number: string): string[] {
  const digits = number.replaceAll(/\D/g, '');
  const starts = Array.from({ length: digits.length - RUN + 1 }, (_, start) => digits.slice(start, start + RUN));
  return starts.flatMap((run) => [run, [...run].toReversed().join('')]);
}

function readings(text: string): string[] {
  const plain = asciiDigits(text.normalize('NFKC')).replaceAll(BYTES, '<bytes>');
  const tokens = (text.match(BASE64) ?? []).flatMap((token) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(token.slice(skip), 'base64').toString('latin1')),
  );
  const hex = (text.match(HEX) ?? []).map((token) => Buffer.from(token, 'hex').toString('latin1'));
  return [plain, plain.replaceAll(SEPARATED, ''), tokens.join('\n'), hex.join('\n')];
}

/** Decimal digits of every script stand in tens; Chinese numerals stand anywhere. */
function asciiDigits(text: string): string {
  const chinese = text.replaceAll(/[〇一二三四五六七八九]/g, (digit) => String('〇一二三四五六七八九'.indexOf(digit)));
  return chinese.replaceAll(/\p{Nd}/gu, (digit) => {
    let zero = digit.codePointAt(0) ?? 0;
    const code = zero;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return code < 128 ? digit : String((code - zero) % 10);
  });
}

function find(reading: string, runs: ReadonlySet<string>): Leak[] {
  const leaks: Leak[] = [];
  for (let at = 0; at + RUN <= reading.length; at++) {
    const run = reading.slice(at, at + RUN);
    if (runs.has(run)) leaks.push({ run, around: reading.slice(Math.max(0, at - 40), at + 20) });
  }
  return leaks;
}
