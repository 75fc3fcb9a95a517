import type { JsonSchema, Schemas } from '../json-schema.js';

const number = (description: string): JsonSchema => ({ type: 'integer', description });

/**
 * What Chatwoot delivers, as far as Muster reads it. Chatwoot owns this format: nothing is closed, and what is unknown is
 * skipped.
 */
export const CHATWOOT_SCHEMAS: Schemas = {
  ChatwootEvent: {
    type: 'object',
    description:
      'An event of Chatwoot: with `message_created` and `message_updated` a message and its `conversation`, with the ' +
      'others the conversation itself. Other events are answered with success and skipped.',
    properties: {
      event: {
        type: 'string',
        examples: ['conversation_created', 'conversation_updated', 'conversation_status_changed', 'message_created'],
      },
      id: number("Of a message, or the conversation's number in its account."),
      account: { type: 'object', properties: { id: number("Must be the connected account's, where it is said.") } },
      message_type: {
        type: 'string',
        description: 'What is `incoming`, and what a user wrote as `outgoing`, counts; nothing else does.',
      },
      private: { type: 'boolean', description: 'A note: it does not count.' },
      created_at: { type: 'string', description: 'When the message was written.' },
      sender: { type: 'object', description: 'Of an answer the user, whose `email` is the agent here.' },
      conversation: { type: 'object', description: 'With a message: the conversation.' },
      status: { type: 'string', description: '`resolved` is resolved, everything else is open.' },
      meta: {
        type: 'object',
        description: '`sender` is the customer, known by `phone_number` where there is one; `assignee` who has it.',
      },
      updated_at: { type: 'number', description: 'By it the newest of several deliveries is known.' },
    },
    required: ['event'],
  },
};
