import type { Words } from '../words.js';

export const audit: Words<'audit'> = {
  audit: {
    find: 'लॉग में खोजें',
    kind: 'किसका',
    anyKind: 'किसी भी चीज़ के बदलाव',
    kinds: {
      agent: 'एजेंट',
      team: 'टीम',
      api_key: 'API कुंजी',
      session: 'सत्र',
      conversation: 'बातचीत',
      contact: 'संपर्क',
      channel: 'चैनल',
      workspace: 'कार्यक्षेत्र',
      threshold: 'सीमा',
      webhook: 'वेबहुक',
    },
    none: 'कुछ नहीं मिला',
    system: 'स्वयं Muster',
    reason: 'कारण: {{reason}}',
    request: 'अनुरोध {{id}}',
    chain:
      'प्रविष्टियाँ केवल जोड़ी जाती हैं, और हर एक में पहले की सभी का हैश होता है: “muster audit verify” सिद्ध करता है कि कोई बदली या हटाई नहीं गई।',
  },
};
