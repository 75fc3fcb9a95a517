import type { JsonSchema, Schemas } from '../json-schema.js';

/**
 * What WhatsApp delivers, as far as Muster reads it. Meta owns this format and adds to it at will: nothing is closed,
 * and what is unknown is skipped.
 */
export const WHATSAPP_SCHEMAS: Schemas = {
  WhatsAppDelivery: object(
    'A delivery of the WhatsApp Cloud API: one or more changes at one or more business numbers. What Muster does not ' +
      'know is skipped without harm to the rest.',
    {
      object: { const: 'whatsapp_business_account' },
      entry: list(
        object('One business account.', {
          id: text('Id of the account.'),
          changes: list({ $ref: '#/components/schemas/WhatsAppChange' }),
        }),
      ),
    },
    ['object', 'entry'],
  ),
  WhatsAppChange: object(
    'What happened at one business number. Of `messages` each message counts as inbound, and each status `sent`, ' +
      '`delivered` or `read` counts its message as outbound, once. Of `smb_message_echoes`, messages sent from the ' +
      'WhatsApp Business app, each counts as outbound.',
    {
      field: { type: 'string', examples: ['messages', 'smb_message_echoes'] },
      value: object('The change.', {
        messaging_product: { const: 'whatsapp' },
        metadata: object('The business number.', {
          display_phone_number: text('The number, for people.'),
          phone_number_id: text("Meta's id of the number; chooses the channel, and with it workspace and team."),
        }),
        contacts: list(
          object('A customer.', {
            wa_id: text("Digits of the customer's number; missing when WhatsApp withholds it."),
            user_id: text('Id of the customer for this business, which there is also without a number.'),
            profile: object('How the customer is called.', { name: { type: 'string' }, username: { type: 'string' } }),
          }),
        ),
        messages: list({ $ref: '#/components/schemas/WhatsAppMessage' }),
        statuses: list({ $ref: '#/components/schemas/WhatsAppStatus' }),
        message_echoes: list({ $ref: '#/components/schemas/WhatsAppMessage' }),
      }),
    },
    ['field', 'value'],
  ),
  WhatsAppMessage: object(
    'A message. Its content is under the name of its `type`; Muster reads none of it.',
    {
      id: text('The wamid. It counts once, however often it is delivered.'),
      from: text("Digits of the customer's number."),
      from_user_id: text('Id of the customer for this business.'),
      to: text("In an echo: digits of the customer's number."),
      timestamp: text('Seconds since 1970.'),
      type: {
        type: 'string',
        description: 'Any kind of message. `system` and other notices do not count.',
        examples: ['text', 'image', 'interactive', 'reaction', 'order', 'unsupported'],
      },
    },
    ['id', 'timestamp'],
  ),
  WhatsAppStatus: object(
    'What became of a message of the business.',
    {
      id: text('The wamid of the message.'),
      status: { type: 'string', examples: ['sent', 'delivered', 'read', 'failed'] },
      recipient_id: text("Digits of the customer's number."),
      recipient_user_id: text('Id of the customer for this business.'),
      timestamp: text('Seconds since 1970.'),
    },
    ['id', 'status', 'timestamp'],
  ),
};

function object(description: string, properties: Schemas, required: string[] = []): JsonSchema {
  return { type: 'object', description, properties, ...(required.length > 0 ? { required } : {}) };
}

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function text(description: string): JsonSchema {
  return { type: 'string', description };
}
