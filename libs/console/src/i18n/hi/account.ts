import type { Words } from '../words.js';

export const account: Words<'account'> = {
  account: {
    nothingHere: 'आपकी टीम कंसोल की कोई स्क्रीन नहीं देख सकती; यह पृष्ठ हमेशा आपका है।',
    rights: '{{team}} आपको क्या करने देती है',
    rightsHelp: 'ब्लूप्रिंट का संस्करण {{version}}। बदलाव यहाँ अपने आप दिखते हैं।',
    numbersHidden: 'ग्राहकों के नंबर आपके लिए छिपे हैं।',
    numbersShown: 'जहाँ आपकी अनुमतियाँ हैं वहाँ आप ग्राहकों के पूरे नंबर देखते हैं।',
    password: 'पासवर्ड',
    current: 'वर्तमान पासवर्ड',
    change: 'पासवर्ड बदलें',
    changed: 'आपका पासवर्ड बदल गया। बाकी सभी सत्र समाप्त हो गए।',
    passwordHelp: 'आपके बाकी सभी सत्र और API कुंजियाँ तुरंत समाप्त हो जाती हैं।',
  },
};
