/**
 * The deliveries of Meta's WhatsApp Cloud API, as far as the demo sends them: `object: whatsapp_business_account`, with
 * one change of the field `messages` for each business number. Shapes after Meta's webhook reference.
 */

/** One delivery: the body of one POST. */
export interface Delivery {
  object: 'whatsapp_business_account';
  entry: { id: string; changes: Change[] }[];
}

interface Change {
  field: 'messages';
  value: {
    messaging_product: 'whatsapp';
    metadata: Metadata;
    contacts?: Contact[];
    messages?: Message[];
    statuses?: Status[];
  };
}

/** Which number of the business it is about. */
export interface Metadata {
  display_phone_number: string;
  phone_number_id: string;
}

export interface Contact {
  profile: { name: string };
  wa_id: string;
}

/** What the customer sent, without who and when. */
export type Content =
  | { type: 'text'; text: { body: string } }
  | { type: 'image'; image: Media & { caption?: string } }
  | { type: 'video'; video: Media & { caption?: string } }
  | { type: 'audio'; audio: Media & { voice: boolean } }
  | { type: 'sticker'; sticker: Media & { animated: boolean } }
  | { type: 'document'; document: Media & { filename: string; caption?: string } }
  | { type: 'location'; location: { latitude: number; longitude: number; name?: string; address?: string } }
  | { type: 'contacts'; contacts: SharedContact[] }
  | { type: 'interactive'; interactive: Interactive }
  | { type: 'button'; button: { payload: string; text: string } }
  | { type: 'reaction'; reaction: { message_id: string; emoji?: string } }
  | { type: 'order'; order: { catalog_id: string; text: string; product_items: OrderItem[] } }
  | { type: 'unsupported'; errors: ApiError[] };

interface Media {
  id: string;
  mime_type: string;
  sha256: string;
}

interface SharedContact {
  name: { formatted_name: string; first_name: string; last_name: string };
  phones: { phone: string; wa_id: string; type: string }[];
}

type Interactive =
  | { type: 'button_reply'; button_reply: { id: string; title: string } }
  | { type: 'list_reply'; list_reply: { id: string; title: string; description: string } };

interface OrderItem {
  product_retailer_id: string;
  quantity: number;
  item_price: number;
  currency: string;
}

interface ApiError {
  code: number;
  title: string;
  message: string;
  error_data: { details: string };
}

export type Message = Content & {
  /** Digits of the customer's number, without `+`. */
  from: string;
  /** The wamid. */
  id: string;
  /** Seconds since 1970. */
  timestamp: string;
  /** Which message this one answers. */
  context?: { from: string; id: string };
  /** Where the customer came from: an ad that opens a chat. */
  referral?: Record<
    'source_url' | 'source_id' | 'source_type' | 'headline' | 'body' | 'media_type' | 'ctwa_clid',
    string
  >;
};

/** What became of a message of the business. */
export interface Status {
  id: string;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  timestamp: string;
  recipient_id: string;
  /** What the sender of the message gave it. */
  biz_opaque_callback_data?: string;
  conversation?: { id: string; origin: { type: 'service' }; expiration_timestamp?: string };
  pricing?: { billable: boolean; pricing_model: 'PMP'; type: 'free_customer_service'; category: 'service' };
  errors?: ApiError[];
}

/** Something that happened at a business number: a message, or the status of one. */
export type Happening =
  { metadata: Metadata; contact: Contact; message: Message } | { metadata: Metadata; status: Status };

/** Packs what happened into one delivery, in its order; messages and statuses travel in separate changes. */
export function packDelivery(accountId: string, happenings: readonly Happening[]): Delivery {
  const changes = new Map<string, Change>();
  for (const happening of happenings) {
    const kind = 'message' in happening ? 'messages' : 'statuses';
    const key = `${happening.metadata.phone_number_id} ${kind}`;
    const change = changes.get(key) ?? emptyChange(happening.metadata);
    changes.set(key, change);
    if ('message' in happening) addMessage(change, happening);
    else (change.value.statuses ??= []).push(happening.status);
  }
  return { object: 'whatsapp_business_account', entry: [{ id: accountId, changes: [...changes.values()] }] };
}

function emptyChange(metadata: Metadata): Change {
  return { field: 'messages', value: { messaging_product: 'whatsapp', metadata } };
}

function addMessage({ value }: Change, { contact, message }: Extract<Happening, { message: Message }>): void {
  const contacts = (value.contacts ??= []);
  if (!contacts.some(({ wa_id }) => wa_id === contact.wa_id)) contacts.push(contact);
  (value.messages ??= []).push(message);
}
