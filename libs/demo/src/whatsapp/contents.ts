import type { Random } from '../random.js';
import type { Content } from './cloud-api.js';
import { customerAt, CUSTOMERS } from './customers.js';
import { FOLLOW_UPS, openingsFor } from './phrases.js';

/** What is known when a customer writes. */
export interface Situation {
  teamName: string;
  /** The conversation's first message. */
  first: boolean;
  /** The wamid of the agent's last message; null when there is none. */
  answers: string | null;
}

type Kind = Content['type'];

/** How often customers send what, in percent. */
const ALWAYS: Partial<Record<Kind, number>> = { text: 100, image: 7, audio: 6, document: 2.5, sticker: 1, video: 0.7 };
const LATER: Partial<Record<Kind, number>> = {
  ...ALWAYS,
  interactive: 5,
  button: 1.5,
  reaction: 3,
  location: 1.5,
  contacts: 0.5,
  order: 0.6,
  unsupported: 0.3,
};

const EMOJI = ['👍', '❤️', '🙏', '😂', '🎉'];
const PLACES = [
  { latitude: 51.5033, longitude: -0.1196, name: 'Waterloo Station', address: 'London SE1' },
  { latitude: 40.7527, longitude: -73.9772, name: 'Grand Central Terminal', address: 'New York, NY 10017' },
  { latitude: 48.8443, longitude: 2.3743, name: 'Gare de Lyon', address: '75012 Paris' },
  { latitude: 52.5251, longitude: 13.3694 },
];
const OPTIONS = ['Track my order', 'Talk to a person', 'Change the date', 'Something else'];

/** What a customer sends in a situation. Reactions need something to react to. */
export function chooseContent(random: Random, situation: Situation): Content {
  const kind = random.weighted(situation.first || !situation.answers ? ALWAYS : LATER);
  return MAKERS[kind](random, situation);
}

const MAKERS: { [K in Kind]: (random: Random, situation: Situation) => Extract<Content, { type: K }> } = {
  text: (random, { first, teamName }) => ({
    type: 'text',
    text: { body: random.pick(first ? openingsFor(teamName) : FOLLOW_UPS) },
  }),
  image: (random) => ({ type: 'image', image: { ...media(random, 'image/jpeg'), ...maybeCaption(random) } }),
  video: (random) => ({ type: 'video', video: { ...media(random, 'video/mp4'), ...maybeCaption(random) } }),
  audio: (random) => ({ type: 'audio', audio: { ...media(random, 'audio/ogg; codecs=opus'), voice: true } }),
  sticker: (random) => ({ type: 'sticker', sticker: { ...media(random, 'image/webp'), animated: random.chance(0.3) } }),
  document: (random) => ({
    type: 'document',
    document: { ...media(random, 'application/pdf'), filename: `invoice-${random.integer(1000, 9999)}.pdf` },
  }),
  location: (random) => ({ type: 'location', location: random.pick(PLACES) }),
  contacts: (random) => ({ type: 'contacts', contacts: [sharedContact(random)] }),
  interactive: (random) => ({ type: 'interactive', interactive: choice(random) }),
  button: (random) => ({ type: 'button', button: { payload: 'yes', text: random.pick(['Yes, please', 'Confirm']) } }),
  reaction: (random, { answers }) => ({
    type: 'reaction',
    reaction: { message_id: answers ?? '', ...(random.chance(0.95) && { emoji: random.pick(EMOJI) }) },
  }),
  order: (random) => ({
    type: 'order',
    order: { catalog_id: digits(random, 15), text: '', product_items: [item(random)] },
  }),
  unsupported: () => ({
    type: 'unsupported',
    errors: [
      {
        code: 131_051,
        title: 'Message type unknown',
        message: 'Message type unknown',
        error_data: { details: 'Message type is currently not supported.' },
      },
    ],
  }),
};

function media(random: Random, mimeType: string): { id: string; mime_type: string; sha256: string } {
  const bytes = Buffer.from(Array.from({ length: 32 }, () => random.integer(0, 255)));
  return { id: digits(random, 16), mime_type: mimeType, sha256: bytes.toString('base64') };
}

function maybeCaption(random: Random): { caption?: string } {
  return random.chance(0.4) ? { caption: random.pick(['This is what I see', 'Here', 'See the left corner']) } : {};
}

function choice(random: Random): Extract<Content, { type: 'interactive' }>['interactive'] {
  const index = random.integer(0, OPTIONS.length - 1);
  const reply = { id: `option-${index + 1}`, title: OPTIONS[index] ?? '' };
  if (random.chance(0.6)) return { type: 'button_reply', button_reply: reply };
  return { type: 'list_reply', list_reply: { ...reply, description: '' } };
}

function sharedContact(random: Random): Extract<Content, { type: 'contacts' }>['contacts'][number] {
  const { wa_id } = customerAt(random.integer(0, CUSTOMERS - 1));
  const name = { formatted_name: 'Sam Taylor', first_name: 'Sam', last_name: 'Taylor' };
  return { name, phones: [{ phone: `+${wa_id}`, wa_id, type: 'CELL' }] };
}

function item(random: Random): Extract<Content, { type: 'order' }>['order']['product_items'][number] {
  const [product_retailer_id, item_price] = random.pick([
    ['sku-1001', 24.9],
    ['sku-2040', 119],
    ['sku-3377', 8.5],
  ] as const);
  return { product_retailer_id, quantity: random.integer(1, 5), item_price, currency: 'EUR' };
}

function digits(random: Random, length: number): string {
  return Array.from({ length }, (_, i) => random.integer(i === 0 ? 1 : 0, 9)).join('');
}
