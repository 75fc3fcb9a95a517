import type { Contact } from './cloud-api.js';

const NORTH_AMERICAN_AREAS = [
  202, 212, 213, 303, 305, 312, 404, 415, 416, 503, 512, 514, 602, 604, 613, 615, 617, 619, 702, 902,
];

/**
 * The customers of the demo. Their numbers come only from ranges that regulators reserve for films and books, so that
 * nobody's number is ever shown: +1 NPA 555-01xx (NANPA), +44 7700 900xxx (Ofcom), +33 6 39 98 xx xx (ARCEP),
 * +49 171 39200xx and 176 040690xx (Bundesnetzagentur), +46 70 174 06 05–99 (PTS).
 */
const RANGES: readonly { prefix: string; first: number; last: number; digits: number }[] = [
  ...NORTH_AMERICAN_AREAS.map((area) => ({ prefix: `1${area}55501`, first: 0, last: 99, digits: 2 })),
  { prefix: '447700900', first: 200, last: 999, digits: 3 },
  { prefix: '3363998', first: 0, last: 1_899, digits: 4 },
  { prefix: '4917139200', first: 0, last: 99, digits: 2 },
  { prefix: '49176040690', first: 0, last: 99, digits: 2 },
  { prefix: '467017406', first: 5, last: 99, digits: 2 },
];

const FIRST_NAMES = (
  'Olivia Noah Amelia Liam Camille Lucas Léa Hugo Manon Jonas Lena Felix Mia Elsa Axel Ines Mateo ' +
  'Lucía Diego Valentina Rafael Beatriz Aarav Priya Rohan Ananya Yusuf Elif Omar Layla Kwame Ama ' +
  'Chidi Zanele Thabo Wei Mei Haruto Yui Minh Linh Aisyah Putri Jan Zofia Marek Ioana Andrei Olena ' +
  'Nikos Eleni'
).split(' ');
const LAST_NAMES = (
  'Smith Okafor García Dubois Müller Rossi Silva Patel Nguyen Kim Tanaka Chen Yılmaz Haddad Mensah ' +
  'Nkosi Santos Kowalska Novák Popescu Lindberg Hansen Virtanen Bakker Moreau Fischer Romano ' +
  'Fernández Rahman Khan Singh Reyes Walker Murphy Costa Georgiou Ivanova Shevchenko Tran Suzuki ' +
  'Wijaya'
).split(' ');

const NUMBERS: readonly string[] = RANGES.flatMap(({ prefix, first, last, digits }) =>
  Array.from({ length: last - first + 1 }, (_, i) => prefix + String(first + i).padStart(digits, '0')),
);
const INDEX = new Map(NUMBERS.map((number, index) => [number, index]));

/** How many customers there are. */
export const CUSTOMERS = NUMBERS.length;

/** A customer as WhatsApp names them: the number's digits and the name of their profile. */
export function customerAt(index: number): Contact {
  const number = NUMBERS[index];
  if (number === undefined) throw new RangeError(`There are ${CUSTOMERS} customers, and no number ${index}.`);
  return { wa_id: number, profile: { name: profileName(index) } };
}

/** Whose number this is (`+` and digits); null when it isn't a customer of the demo. */
export function customerOf(phone: string): number | null {
  return INDEX.get(phone.replace('+', '')) ?? null;
}

/** People choose their profile's name: the full name, the first one, or with an initial. */
function profileName(index: number): string {
  const first = FIRST_NAMES[(index * 13) % FIRST_NAMES.length] ?? '';
  const last = LAST_NAMES[(index * 29 + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length] ?? '';
  if (index % 5 === 0) return first;
  return index % 7 === 0 ? `${first} ${last.charAt(0)}.` : `${first} ${last}`;
}
