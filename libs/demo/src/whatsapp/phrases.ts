/** What customers write. The first list is for the beginning of a conversation with the team. */
const OPENINGS: Readonly<Record<string, readonly string[]>> = {
  sales: [
    'Hi! Is the blue one still available?',
    'Hello, what would 40 units cost with delivery?',
    'Do you ship to Canada?',
    'Your ad says 20 % off, does that include the bundle?',
    'Can I get a demo this week?',
    'Bonjour, avez-vous ce modèle en taille M ?',
  ],
  support: [
    'Hi, the app logs me out every few minutes',
    'My order arrived, but one part is missing',
    "It doesn't turn on any more, what can I do?",
    'Hola, no puedo entrar en mi cuenta',
    'The tracking page shows nothing since Monday',
    'Olá, o código de verificação não chega',
  ],
  billing: [
    'Hello, I was charged twice this month',
    'Can you send me the invoice for October again?',
    'I need our VAT number on the invoice please',
    'When will the refund arrive?',
    'Guten Tag, die Rechnung stimmt nicht',
    'How do I change the card you charge?',
  ],
  onboarding: [
    'Hi, we just signed up. Where do we start?',
    'How do I invite the rest of the team?',
    'Our import stopped at row 312',
    'Can we connect our own number?',
    'Is there a checklist for going live?',
    'Namaste, the training link has expired',
  ],
  'night desk': [
    'Anyone there? The site is down for us',
    'Sorry for the late message, is my delivery coming tomorrow?',
    'I locked myself out of my account',
    'Emergency: please stop the payment from today!',
    'Hi, what are your opening hours tomorrow?',
    'こんばんは、注文を変更できますか？',
  ],
};
const ANY_OPENING = ['Hello!', 'Hi, can somebody help me?', 'Good morning, I have a question', 'Hey 👋'];

/** The middle of any conversation. */
export const FOLLOW_UPS = [
  'Yes',
  'No, not yet',
  'Thanks, trying that now',
  'One moment please',
  "That didn't work 😕",
  'It says error 4012',
  'Order number is 77-20481',
  'The e-mail is the one on my account',
  'Could you check again?',
  'Great, and how long does that take?',
  'Ah, I see it now',
  'Perfect 🙏',
  'Can you do it for me?',
  'Since yesterday evening',
  'On my phone, Android',
  'Both, actually',
  'Hello?',
  'What do you need from me?',
  "I'll send you a photo",
  'Ok',
];

/** What agents answer. */
export const ANSWERS: readonly string[] = [
  'Hello! Let me look that up for you.',
  'Thanks for waiting. I have it here.',
  'Could you send me the order number, please?',
  'I have sent it again, it should be with you in a minute.',
  'That works. I have changed it for you.',
  'Sorry about that! I am on it.',
  'It is on its way, and arrives tomorrow before noon.',
  'Is there anything else I can do for you?',
  'I have asked my colleagues, and will be back in a moment.',
  'Done. Have a nice day!',
];

/** Texts somebody may begin a conversation with a team of this name with. */
export function openingsFor(teamName: string): readonly string[] {
  return [...(OPENINGS[teamName.trim().toLowerCase()] ?? []), ...ANY_OPENING];
}
